#include "report/selection.h"

#include <gtest/gtest.h>

#include "report/history_lab_test_util.h"

namespace tern {
namespace {

TEST(ExperimentsWithCurves, AreFewOfManyAndHoldThoseThatMatter) {
  HistoryLab lab;
  lab.add({.status = "baseline", .ppls = {20}});
  for (int i = 2; i <= 400; ++i) {
    lab.add({.status = i == 100 ? "keep" : "discard",
             .ppls = {i == 150 ? 10.0 : 25.0 + i},
             .recipe = ""});
  }
  const std::set<int64_t> chosen = experiments_with_curves(lab.history());
  EXPECT_LT(chosen.size(), 110u);
  for (const int64_t number : {1, 100, 150, 371, 400}) EXPECT_TRUE(chosen.contains(number));
  EXPECT_FALSE(chosen.contains(300));
}

TEST(ExperimentsWithCurves, AreAllOfASmallLab) {
  HistoryLab lab;
  for (int i = 1; i <= 20; ++i) lab.add({.status = i == 1 ? "baseline" : "crash"});
  EXPECT_EQ(experiments_with_curves(lab.history()).size(), 20u);
}

TEST(RunsWithCurves, AreTheScoredOnesOrElseTheLastOne) {
  HistoryLab lab;
  lab.add({.status = "baseline", .ppls = {20, 21, 22, 23}});
  lab.add({.status = "crash"});
  EXPECT_EQ(runs_with_curves(lab.history().at(1)).size(), 3u);
  EXPECT_EQ(runs_with_curves(lab.history().at(2)).size(), 1u);
}

}  // namespace
}  // namespace tern
