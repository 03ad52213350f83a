#include "tern/runner/run_folder.h"

#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

EvalAnswer score_of(double ppl) {
  EvalAnswer answer;
  answer.kind = EvalAnswer::kTernary;
  answer.dataset = "wikitext";
  answer.window = 2048;
  answer.eval_ppl = ppl;
  return answer;
}

TEST(RunLock, LetsOneProcessTrainInAFolder) {
  const TemporaryFolder run;
  {
    const RunLock first(run.path());
    EXPECT_NE(error_message([&] { RunLock second(run.path()); }).find("another process"),
              std::string::npos);
  }
  RunLock afterwards(run.path());
}

TEST(RecordScore, KeepsTheScoreWithItsProtocolBesideWhatTheRunSaid) {
  const TemporaryFolder run;
  write_file_atomically(run / RunSummary::kFile, R"({"version": 2, "steps": 8})");
  record_score(run.path(), score_of(9.5));
  const RunSummary summary = read_run_summary(run.path());
  EXPECT_EQ(summary.steps, 8);
  ASSERT_TRUE(summary.score);
  EXPECT_EQ(summary.score->eval_ppl, 9.5);
  EXPECT_EQ(summary.score->dataset, "wikitext");
  EXPECT_EQ(summary.score->window, 2048);
}

TEST(RecordScore, TakesOutAScoreThatTheProgramGaveItself) {
  const TemporaryFolder run;
  RunSummary forged;
  forged.score = score_of(1.001);
  write_file_atomically(run / RunSummary::kFile, forged.to_text());
  ASSERT_TRUE(read_run_summary(run.path()).score);
  record_score(run.path(), std::nullopt);
  EXPECT_FALSE(read_run_summary(run.path()).score);
}

TEST(RecordScore, FollowsNoLinkOutOfTheRunsFolder) {
  const TemporaryFolder run, elsewhere;
  write_file_atomically(elsewhere / "mine", "mine");
  fs::create_symlink(elsewhere / "mine", run / RunSummary::kFile);
  record_score(run.path(), score_of(9.5));
  EXPECT_EQ(read_file(elsewhere / "mine"), "mine");
  EXPECT_EQ(read_run_summary(run.path()).score->eval_ppl, 9.5);
}

}  // namespace
}  // namespace tern
