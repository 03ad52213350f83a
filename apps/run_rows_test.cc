#include "apps/results_mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace {

using ::testing::ElementsAre;

class ResultsMirrorTest : public ::testing::Test {
 protected:
  void write_run(const std::vector<int64_t>& steps) const {
    std::string text = table_header<ResultsRow>();
    for (const int64_t step : steps) text += row(step, "forged");
    write_file_atomically(run_, text);
  }
  /// The rows of the lab's table, as "step experiment".
  std::vector<std::string> lab_rows() const {
    std::vector<std::string> rows;
    for (const ResultsRow& r : read_untrusted_rows<ResultsRow>(lab_, 100)) {
      rows.push_back(std::to_string(r.step) + " " + r.experiment);
    }
    return rows;
  }
  static std::string row(int64_t step, const std::string& experiment) {
    return table_row(ResultsRow{.step = step, .eval_ppl = 5, .experiment = experiment});
  }
  ResultsMirror mirror() const { return {lab_, run_, "train-0001", "abc"}; }

  TemporaryFolder folder_;
  std::filesystem::path lab_ = folder_ / "results.tsv", run_ = folder_ / "run.tsv";
};

TEST_F(ResultsMirrorTest, CarriesRowsAsTheyComeUnderTheNameOfTheRun) {
  ResultsMirror rows = mirror();
  rows.update();
  write_run({1});
  rows.update();
  EXPECT_THAT(lab_rows(), ElementsAre("1 train-0001"));
  write_run({1, 2});
  rows.update();
  rows.update();
  EXPECT_THAT(lab_rows(), ElementsAre("1 train-0001", "2 train-0001"));
}

TEST_F(ResultsMirrorTest, RowsThatARunMakesAgainGiveWayAndThoseOfOthersStay) {
  write_file_atomically(lab_, table_header<ResultsRow>() + row(9, "0007") + row(1, "train-0001") +
                                  row(2, "train-0001"));
  write_run({1, 3});
  mirror().update();
  EXPECT_THAT(lab_rows(), ElementsAre("9 0007", "1 train-0001", "3 train-0001"));
}

TEST_F(ResultsMirrorTest, TheScoreOfRecordIsTheLastRow) {
  write_run({4});
  ResultsMirror rows = mirror();
  rows.update();
  EvalAnswer score;
  score.eval_ppl = 7.5;
  score.tokens = 900;
  rows.add_score(score);
  const auto all = read_untrusted_rows<ResultsRow>(lab_, 100);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].step, 4);
  EXPECT_EQ(all[1].eval_ppl, 7.5);
  EXPECT_EQ(all[1].eval_tokens, 900);
}

TEST_F(ResultsMirrorTest, ARunThatWroteNoRowsGetsNoScoreRow) {
  mirror().add_score({});
  EXPECT_FALSE(std::filesystem::exists(lab_));
}

}  // namespace
}  // namespace tern
