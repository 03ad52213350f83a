#include "tern/attendant/results.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/table_test_util.h"

namespace tern {
namespace {

ResultsRow row_at(int64_t step) { return {.step = step, .train_loss = 2.0, .eval_ppl = 7.5}; }

TEST(Results, WhatWasNotMeasuredIsEmpty) {
  const TemporaryFolder folder;
  ResultsFile file(folder.path() / "results.tsv", "run", "abc", 0);
  file.append({.step = 0, .eval_ppl = 7.5});
  const std::string text = read_file(folder.path() / "results.tsv");
  EXPECT_NE(text.find("\n0\t0\t\t\t7.5\t0\t0\t0.000\t\t"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\trun\tabc\t\n")) << text;
}

TEST(Results, ARowHoldsAllThatAnEvaluationIs) {
  const TemporaryFolder folder;
  ResultsFile(folder / "results.tsv", "run", "abc", 0)
      .append({.step = 50,
               .lambda = 1,
               .train_loss = 2,
               .eval_ppl = 7.5,
               .eval_bpb = 1.25,
               .lr = 1e-4,
               .time_s = 2.5,
               .best_ppl = 7.25,
               .q_neg1 = 0.3,
               .q_zero = 0.4,
               .q_pos1 = 0.3,
               .eval_tokens = 4096});
  const auto rows = read_table<ResultsRow>(folder / "results.tsv");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(table_row(rows[0]),
            "50\t1\t2\t7.38906\t7.5\t1.25\t0.0001\t2.500\t7.25\t0.3000\t0.4000\t0.3000\trun\tabc\t"
            "4096\n");
}

/// A lab's rows of before stay readable, and new ones go below them.
TEST(Results, OfAnOlderTernAreGoneOnWith) {
  const TemporaryFolder folder;
  const auto path = folder / "results.tsv";
  { ResultsFile(path, "train-0001", "abc", 0).append(row_at(10)); }
  std::string older = read_file(path);  // without the last column
  for (size_t end = 0; (end = older.find('\n', end)) != older.npos;) {
    const size_t begin = older.rfind('\t', end);
    older.erase(begin, end - begin);
    end = begin + 1;
  }
  write_file_atomically(path, older);
  ResultsFile(path, "train-0002", "abc", 0).append({.step = 20, .eval_tokens = 4096});
  const auto rows = read_table<ResultsRow>(path);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].experiment, "train-0001");
  EXPECT_EQ(rows[0].eval_ppl, 7.5);
  EXPECT_EQ(rows[0].eval_tokens, std::nullopt);
  EXPECT_EQ(rows[1].eval_tokens, 4096);
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
