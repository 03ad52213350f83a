#include "report/summary.h"

#include <gtest/gtest.h>

#include <cmath>

#include "report/history_lab_test_util.h"

namespace tern {
namespace {

HistoryLab::Plan baseline() {
  return {.status = "baseline", .ppls = {20, 20.2, 19.8}, .knobs = {{"lr", "3e-4"}, {"old", "1"}}};
}

TEST(Summary, TellsTheGainOfTheBestOverTheBaselineWithItsUncertainty) {
  HistoryLab lab;
  lab.add(baseline());
  // The first run selected it, so that the other three are its score.
  lab.add({.status = "keep", .ppls = {15, 18, 18.1, 17.9}});
  const loop::History history = lab.history();
  const Summary summary = summarize(lab.lab(), history);
  EXPECT_NEAR(summary.best_ppl->value, 18, 0.01);
  EXPECT_FALSE(summary.optimistic);
  EXPECT_NEAR(summary.gain->value, std::log(20.0 / 18), 1e-3);
  ASSERT_TRUE(summary.sigma && summary.gain->sd);
  EXPECT_NEAR(*summary.gain->sd, *summary.sigma * std::sqrt(2.0 / 3), 1e-12);
}

TEST(Summary, SaysThatTheScoreOfTheSelectingRunAloneIsTooGood) {
  HistoryLab lab;
  lab.add(baseline());
  lab.add({.status = "keep", .ppls = {18}});
  const loop::History history = lab.history();
  EXPECT_TRUE(summarize(lab.lab(), history).optimistic);
}

TEST(Summary, NamesTheKnobsInWhichTheBestDiffersFromTheBaseline) {
  HistoryLab lab;
  lab.add(baseline());
  lab.add({.status = "keep", .ppls = {18}, .knobs = {{"lr", "1e-3"}, {"new", "2"}}});
  const loop::History history = lab.history();
  const std::vector<ChangedKnob> changed = summarize(lab.lab(), history).changed;
  ASSERT_EQ(changed.size(), 3u);
  EXPECT_EQ(changed[0].baseline + " " + changed[0].best, "3e-4 1e-3");
  EXPECT_EQ(changed[1].name + changed[1].baseline, "new");
  EXPECT_EQ(changed[2].name + changed[2].best, "old");
}

TEST(Summary, CountsExperimentsByStatus) {
  HistoryLab lab;
  lab.add(baseline());
  lab.add({.status = "crash"});
  lab.add({.status = "rejected"});
  lab.add({.status = "crash"});
  const loop::History history = lab.history();
  const Summary summary = summarize(lab.lab(), history);
  EXPECT_EQ(summary.count(loop::Status::kCrash), 2);
  EXPECT_EQ(summary.count(loop::Status::kRejected), 1);
  EXPECT_FALSE(summary.gain);
}

TEST(Summary, OfALabWithoutExperimentsIsEmpty) {
  const HistoryLab lab;
  const loop::History history = lab.history();
  const Summary summary = summarize(lab.lab(), history);
  EXPECT_FALSE(summary.best_ppl || summary.sigma || summary.gain);
}

TEST(Summary, KnowsTheFullPrecisionModelsPerplexityFromTheLedger) {
  const HistoryLab fake;
  const loop::History history({Json::parse(R"({"event": "reference", "ppl": 17.25})", "test")});
  EXPECT_EQ(summarize(fake.lab(), history).full_precision_ppl, 17.25);
}

}  // namespace
}  // namespace tern
