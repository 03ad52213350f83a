#include "tern/train/results.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

ResultsRow row_at(int64_t step) { return {.step = step, .train_loss = 2.0, .eval_ppl = 7.5}; }

TEST(Results, BeginsWithTheColumnsThatToolsRelyOn) {
  const TemporaryFolder folder;
  ResultsFile(folder.path() / "results.tsv", "run", "abc", 0);
  EXPECT_EQ(
      read_file(folder.path() / "results.tsv"),
      "step\tlambda\ttrain_loss\ttrain_ppl\teval_ppl\teval_bpb\tlr\ttime_s\tbest_ppl\tq_neg1\t"
      "q_zero\tq_pos1\texperiment\tcommit\n");
}

TEST(Results, WhatWasNotMeasuredIsEmpty) {
  const TemporaryFolder folder;
  ResultsFile file(folder.path() / "results.tsv", "run", "abc", 0);
  file.append({.step = 0, .eval_ppl = 7.5});
  const std::string text = read_file(folder.path() / "results.tsv");
  EXPECT_NE(text.find("\n0\t0\t\t\t7.5\t0\t0\t0.000\t\t"), std::string::npos) << text;
}

TEST(Results, AResumedRunMakesItsLaterRowsAgainAndLeavesOthersAlone) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "results.tsv";
  ResultsFile other(path, "other", "abc", 0);
  other.append(row_at(30));
  ResultsFile first(path, "run", "abc", 0);
  first.append(row_at(10));
  first.append(row_at(20));
  ResultsFile resumed(path, "run", "abc", 10);
  const std::string text = read_file(path);
  EXPECT_NE(text.find("\n30\t"), std::string::npos);
  EXPECT_NE(text.find("\n10\t"), std::string::npos);
  EXPECT_EQ(text.find("\n20\t"), std::string::npos);
}

TEST(Results, RefusesToWriteIntoAnotherKindOfFile) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "results.tsv", "something else\n");
  EXPECT_THROW(ResultsFile(folder.path() / "results.tsv", "run", "", 0), Error);
}

}  // namespace
}  // namespace tern
