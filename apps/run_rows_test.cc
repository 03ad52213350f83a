#include "apps/run_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/results_row.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace {

using ::testing::ElementsAre;

class RunRows : public ::testing::Test {
 protected:
  RunRows() {
    write_file_atomically(table_, table_header<ResultsRow>() + row(9, "0007") +
                                      row(1, "train-0001") + row(2, "train-0001"));
  }
  static std::string row(int64_t step, const std::string& experiment) {
    return table_row(ResultsRow{.step = step, .eval_ppl = 5, .experiment = experiment});
  }
  /// The rows of a table, as "step experiment perplexity".
  static std::vector<std::string> rows_of(const std::filesystem::path& table) {
    std::vector<std::string> rows;
    for (const ResultsRow& r : read_untrusted_rows<ResultsRow>(table, 100)) {
      rows.push_back(fmt::format("{} {} {}", r.step, r.experiment, r.eval_ppl));
    }
    return rows;
  }

  TemporaryFolder folder_;
  std::filesystem::path table_ = folder_ / "lab.tsv", kept_ = folder_ / "results.tsv";
};

TEST_F(RunRows, TheRunsFolderGetsItsOwn) {
  keep_run_rows(table_, "train-0001", folder_.path());
  EXPECT_THAT(rows_of(kept_), ElementsAre("1 train-0001 5", "2 train-0001 5"));
}

TEST_F(RunRows, WhatItsProgramLeftInTheirPlaceIsNotFollowed) {
  write_file_atomically(folder_ / "mine", "mine\n");
  std::filesystem::create_symlink(folder_ / "mine", kept_);
  keep_run_rows(table_, "train-0001", folder_.path());
  EXPECT_EQ(read_file(folder_ / "mine"), "mine\n");
  EXPECT_EQ(rows_of(kept_).size(), 2u);
}

TEST_F(RunRows, TheScoreOfRecordIsTheLastRow) {
  EvalAnswer score;
  score.eval_ppl = 4.5;
  add_run_score(table_, "train-0001", score);
  EXPECT_EQ(rows_of(table_).back(), "2 train-0001 4.5");
}

TEST_F(RunRows, ARunWithoutRowsHasNoneForItsScore) {
  add_run_score(table_, "train-0002", {});
  EXPECT_EQ(rows_of(table_).size(), 3u);
}

}  // namespace
}  // namespace tern
