#include "report/train_runs.h"

#include <gtest/gtest.h>

#include "report/history_lab_test_util.h"
#include "tern/base/file.h"
#include "tern/contract/run_summary.h"
#include "tern/runner/run_folder.h"

namespace tern {
namespace {

TEST(TrainRuns, AreListedNewestFirstWithTheirScoreOfRecord) {
  const HistoryLab lab;
  const auto run = [&](const char* number) { return lab.lab().runs() / number; };
  for (const char* number : {"0001", "0002", "notes"})
    std::filesystem::create_directories(run(number));
  RunSummary summary;
  summary.steps = 40;
  summary.eval_ppl = 9;
  write_file_atomically(run("0001") / RunSummary::kFile, summary.to_text());
  EvalAnswer score;
  score.eval_ppl = 8.5;
  record_score(run("0001"), score);

  const Json runs = train_runs(lab.lab());
  ASSERT_EQ(runs.items().size(), 2u);
  EXPECT_EQ(runs.items()[0].at("number").as_string(), "0002");
  EXPECT_TRUE(runs.items()[0].at("steps").is_null()) << "it was stopped";
  EXPECT_EQ(runs.items()[1].at("steps").as_int(), 40);
  EXPECT_EQ(runs.items()[1].at("val_ppl").as_double(), 8.5);
  EXPECT_EQ(runs.items()[1].at("eval_ppl").as_double(), 9);
}

TEST(TrainRuns, OfALabWithoutAnyAreNone) {
  EXPECT_TRUE(train_runs(HistoryLab().lab()).items().empty());
}

}  // namespace
}  // namespace tern
