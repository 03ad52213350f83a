#include "loop/record/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "loop/record/answers.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/json_form.h"

namespace tern::loop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A baseline with two runs and a kept change with a selecting and a fresh run.
History searched() {
  History history;
  const auto add = [&](const std::string& event) { history.apply(Json::parse(event, "test")); };
  add(R"({"event": "reference", "ppl": 8})");
  add(R"({"event": "planned", "experiment": 1, "base": 0, "description": "baseline",
          "knobs": {"lr": "1e-3", "group": "64"}})");
  const auto run = [&](int experiment, int number, int seed, double ppl) {
    const std::string of =
        R"("experiment": )" + std::to_string(experiment) + R"(, "run": )" + std::to_string(number);
    add(R"({"event": "run", )" + of + R"(, "comparison": )" + std::to_string(experiment) +
        R"(, "seed": )" + std::to_string(seed) + "}");
    add(R"({"event": "ran", )" + of + R"(, "outcome": "scored", "val_ppl": )" +
        std::to_string(ppl) + R"(, "val_bpb": 1})");
  };
  run(1, 1, 1, 10);
  run(1, 2, 2, 10);
  add(R"({"event": "ended", "experiment": 1, "status": "baseline"})");
  add(R"({"event": "planned", "experiment": 2, "base": 1, "description": "lr: 1e-3 -> 2e-3",
          "knobs": {"lr": "2e-3", "group": "64", "momentum": "1"}})");
  run(2, 1, 1, 8.5);
  run(2, 2, 2001, 9);
  add(R"({"event": "confirmed", "experiment": 2, "run": 1, "confirm_ppl": 77.5})");
  add(R"({"event": "ended", "experiment": 2, "status": "keep", "gain": 0.1})");
  return history;
}

TEST(Summary, GivesTheGainOverTheBaselineFromRunsThatDidNotSelect) {
  const TotalGain gain = *total_gain(searched(), /*sigma=*/0.01);
  EXPECT_NEAR(gain.gain, std::log(10.0 / 9), 1e-9);
  EXPECT_NEAR(*gain.error, 0.01 * std::sqrt(1.0 + 0.5), 1e-9);
}

TEST(Summary, SaysNothingOfAnErrorThatIsNotKnown) {
  EXPECT_EQ(describe(*total_gain(searched(), /*sigma=*/0)), "10.00 %");
  EXPECT_EQ(total_gain(History(), 0.01), std::nullopt);
}

TEST(Summary, NamesTheKnobsThatDiffer) {
  const History history = searched();
  EXPECT_THAT(knob_changes(history.at(1), history.at(2)),
              ElementsAre("lr: 1e-3 -> 2e-3", "momentum: 1 (new)"));
}

TEST(Summary, GivesTheRatioToFullPrecision) {
  EXPECT_THAT(ratio_text(searched(), 9), HasSubstr("1.1250 times"));
  EXPECT_EQ(ratio_text(History(), 9), "");
}

TEST(Summary, NeverShowsFiguresOfTheConfirmData) {
  EXPECT_THAT(json_of(answer_of(searched().at(2))).dump(), Not(HasSubstr("77.5")));
}

TEST(Answers, AreNullForWhatIsNotKnown) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "lab.toml", "version = 1\n");
  const Lab lab = Lab::find(folder.path());
  const StatusAnswer nothing = status_of(lab, History());
  EXPECT_FALSE(nothing.sigma);
  EXPECT_FALSE(nothing.gain);
  EXPECT_FALSE(nothing.gain_error);
  EXPECT_FALSE(nothing.full_precision_ppl);
  EXPECT_FALSE(noise_of(lab, History()).sigma);
  EXPECT_FALSE(noise_of(lab, History()).effect);
  // Two runs that came out alike tell no sigma, and so no error of a gain.
  const StatusAnswer known = status_of(lab, searched());
  EXPECT_NEAR(*known.gain, std::log(10.0 / 9), 1e-9);
  EXPECT_FALSE(known.sigma);
  EXPECT_FALSE(known.gain_error);
}

TEST(Summary, ShowsTheSameSeedComparisonThatDecided) {
  History history = searched();
  const auto add = [&](const std::string& event) { history.apply(Json::parse(event, "test")); };
  add(R"({"event": "planned", "experiment": 3, "base": 2, "description": "beta2: 0.9 -> 0.99"})");
  add(R"({"event": "ended", "experiment": 3, "status": "discard", "gain": -0.0202, "pairs": 2,
          "ppl": 8.67, "base_ppl": 8.5})");
  EXPECT_THAT(experiments_table(history, 1),
              HasSubstr("0003  discard       8.6700     8.5000     2    -2.00 "));
  EXPECT_EQ(answer_of(history.at(3)).pairs, 2);
  EXPECT_EQ(answer_of(history.at(3)).base_ppl, 8.5);
}

TEST(Summary, MarksWhatIsNotComparableAndSaysWhy) {
  History history = searched();
  EXPECT_THAT(experiments_table(history, 0), Not(HasSubstr("~")));
  history.apply(event::Drift{.reason = "the budget changed (10 s, before 5 s)"});
  history.apply(event::RunBegun{.experiment = 2, .run = 3, .comparison = 2, .seed = 3});
  event::Ran ran{.experiment = 2, .run = 3, .result = {}, .evaluations = {}};
  ran.result.outcome = Outcome::kScored;
  ran.result.val_ppl = 7;
  history.apply(ran);
  const std::string table = experiments_table(history, 9);
  EXPECT_THAT(table, HasSubstr("10.0000~"));
  EXPECT_THAT(table, HasSubstr("7.0000 "));
  EXPECT_THAT(table, HasSubstr("before 0003: the budget changed (10 s, before 5 s)"));
  EXPECT_FALSE(answer_of(history.at(1)).comparable);
  EXPECT_TRUE(answer_of(history.at(2)).comparable);
  EXPECT_THAT(describe(*total_gain(history, 0)), HasSubstr("not comparable"));
}

TEST(Summary, ListsTheNewestExperimentsLast) {
  const std::string table = experiments_table(searched(), 1);
  EXPECT_THAT(table, HasSubstr("0002  keep"));
  EXPECT_THAT(table, Not(HasSubstr("0001")));
}

}  // namespace
}  // namespace tern::loop
