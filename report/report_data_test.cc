#include "report/report_data.h"

#include <gtest/gtest.h>

#include <cmath>

#include "report/history_lab_test_util.h"
#include "report/run_curves.h"
#include "tern/contract/table.h"

namespace tern {
namespace {

Json data_of(const HistoryLab& lab) {
  const loop::History history = lab.history();
  return report_data(lab.lab(), history, summarize(lab.lab(), history));
}

const Json& experiment(const Json& data, size_t number) {
  return data.at("experiments").items().at(number - 1);
}

TEST(ReportData, HoldsAnExperimentsScoreDiffAndCurves) {
  HistoryLab lab;
  lab.add({.status = "baseline", .ppls = {20, 21}, .recipe = "float lr = 3e-4f;\n"});
  lab.add({.status = "discard", .ppls = {22}, .recipe = "float lr = 1e-3f;\n"});
  lab.write(2, "1/run/steps.tsv",
            table_header<StepRow>() +
                table_row(StepRow{.step = 1, .tokens = 64, .loss = 3.12345, .lambda = NAN}));
  lab.write(2, "1/run/results.tsv",
            table_header<ResultsRow>() + table_row(ResultsRow{.step = 1, .eval_ppl = 8.5}));
  lab.write(
      2, "1/run/layers.tsv",
      table_header<LayerRow>() + table_row(LayerRow{.step = 1, .layer = "up", .q_zero = 0.5}));
  const Json data = data_of(lab);
  const Json& tried = experiment(data, 2);
  EXPECT_DOUBLE_EQ(tried.at("val_ppl").as_double(), 22);
  EXPECT_EQ(tried.at("diff").as_string(), "@@ -1 +1 @@\n-float lr = 3e-4f;\n+float lr = 1e-3f;\n");
  const Json& curve = tried.at("curves").at("1");
  EXPECT_EQ(curve.at("loss").dump(), "[3.1235]");
  EXPECT_EQ(curve.at("lambda").dump(), "[null]");
  EXPECT_EQ(curve.at("evaluations").at("ppl").dump(), "[8.5]");
  EXPECT_EQ(curve.at("evaluations").at("tokens").dump(), "[64]");
  EXPECT_EQ(curve.at("layers").at("zero").dump(), "[0.5]");
  EXPECT_EQ(curve.at("layers").at("flip_rate").dump(), "[null]");
}

TEST(ReportData, KnowsAnExperimentThatIsRunning) {
  HistoryLab lab;
  lab.add({.status = "baseline", .ppls = {20}});
  lab.begin({});
  const Json data = data_of(lab);
  EXPECT_EQ(experiment(data, 2).at("status").as_string(), "running");
  EXPECT_TRUE(experiment(data, 2).at("val_ppl").is_null());
}

TEST(ReportData, CutsTextsThatAreTooLong) {
  HistoryLab lab;
  lab.add({.status = "baseline", .description = std::string(100000, 'x'), .ppls = {20}});
  lab.add({.ppls = {21}, .recipe = std::string(600'000, 'y')});
  EXPECT_LT(data_of(lab).dump().size(), 80'000u);
}

TEST(ReportData, OfManyExperimentsStaysSmallAndSaysWhatItLeftOut) {
  HistoryLab lab;
  lab.add({.status = "baseline", .ppls = {20}, .recipe = "0\n"});
  for (int i = 2; i <= 300; ++i) {
    lab.add({.ppls = {21}, .recipe = std::string(15'000, 'y') + std::to_string(i)});
  }
  const Json data = data_of(lab);
  EXPECT_GT(data.at("without_curves").as_int(), 100);
  EXPECT_GT(data.at("without_diff").as_int(), 50);
  EXPECT_NE(experiment(data, 300).find("diff"), nullptr) << "the latest stay";
  EXPECT_LT(data.dump().size(), 6'000'000u);
}

TEST(ReportData, OfAnEmptyLedgerHasNoExperiments) {
  const HistoryLab lab;
  EXPECT_TRUE(data_of(lab).at("experiments").items().empty());
}

}  // namespace
}  // namespace tern
