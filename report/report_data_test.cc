#include "report/report_data.h"

#include <gtest/gtest.h>

#include "report/fake_lab_test_util.h"

namespace tern {
namespace {

Json data_of(const FakeLab& lab) {
  const History history = lab.history();
  return report_data(lab.lab(), history, summarize(lab.lab(), history));
}

const Json& experiment(const Json& data, size_t number) {
  return data.at("experiments").items().at(number - 1);
}

TEST(ReportData, HoldsAnExperimentsScoreDiffAndCurves) {
  FakeLab lab;
  lab.add({.status = "baseline", .ppls = {20, 21}, .recipe = "float lr = 3e-4f;\n"});
  lab.add({.status = "discard", .ppls = {22}, .recipe = "float lr = 1e-3f;\n"});
  lab.write(2, "1/run/steps.tsv", "step\ttokens\tloss\tlr\tlambda\n1\t64\t3.1234567\t1e-3\t\n");
  const Json data = data_of(lab);
  const Json& tried = experiment(data, 2);
  EXPECT_DOUBLE_EQ(tried.at("val_ppl").as_double(), 22);
  EXPECT_EQ(tried.at("diff").as_string(), "@@ -1 +1 @@\n-float lr = 3e-4f;\n+float lr = 1e-3f;\n");
  const Json& curve = tried.at("curves").at("1");
  EXPECT_EQ(curve.at("loss").dump(), "[3.1235]");
  EXPECT_EQ(curve.at("lambda").dump(), "[null]");
}

TEST(ReportData, KnowsAnExperimentThatIsRunning) {
  FakeLab lab;
  lab.add({.status = "baseline", .ppls = {20}});
  lab.begin({});
  const Json data = data_of(lab);
  EXPECT_EQ(experiment(data, 2).at("status").as_string(), "running");
  EXPECT_TRUE(experiment(data, 2).at("val_ppl").is_null());
}

TEST(ReportData, CutsTextsThatAreTooLong) {
  FakeLab lab;
  lab.add({.status = "baseline", .description = std::string(100000, 'x'), .ppls = {20}});
  lab.add({.ppls = {21}, .recipe = std::string(600'000, 'y')});
  EXPECT_LT(data_of(lab).dump().size(), 80'000u);
}

TEST(ReportData, OfManyExperimentsStaysSmallAndSaysWhatItLeftOut) {
  FakeLab lab;
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
  const FakeLab lab;
  EXPECT_TRUE(data_of(lab).at("experiments").items().empty());
}

}  // namespace
}  // namespace tern
