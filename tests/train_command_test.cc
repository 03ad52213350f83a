// `tern train` as a person runs it in a prepared lab. Each test compiles the lab's train.cpp, which
// takes seconds, so there are few.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TrainCommand : public RecipeLabTest {
 protected:
  CapturedRun tern_train(const FlagList& flags) const {
    const FlagList command = {TERN_PROGRAM,        "train", "--threads", "1", "--batch-size", "2",
                              "--sequence-length", "16",    "--group",   "32"};
    return capture_process(command + flags, false, lab_.root());
  }
  /// Edits a line of the lab's train.cpp.
  void edit_recipe(const std::string& before, const std::string& after) const {
    std::string text = read_file(lab_.lab().recipe());
    text.replace(text.find(before), before.size(), after);
    write_file_atomically(lab_.lab().recipe(), text);
  }
};

TEST_F(TrainCommand, TrainsScoresAndLeavesANumberedRun) {
  const CapturedRun ended = tern_train({"--steps", "4", "--eval-every", "2"});
  ASSERT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("full precision"), HasSubstr("without training"),
                                  HasSubstr("after training")));
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(lab_.run_folder("0001"))) {
    files.insert(entry.path().filename());
  }
  EXPECT_THAT(files, ElementsAre("flags.json", "layers.tsv", "model", "steps.tsv", "summary.json",
                                 "train.cpp"));
  const Rows rows = results();
  ASSERT_EQ(rows.size(), 1u + 2);  // the model without training is none of the run's rows
  for (size_t i : {1, 2}) {
    EXPECT_EQ(rows[i][0], std::to_string(2 * i));
    EXPECT_EQ(rows[i][12], "train-0001");
  }

  // It went to its end, so there is nothing to go on with.
  const CapturedRun again = tern_train({"--resume"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, AllOf(HasSubstr("no stopped run to resume in "),
                                  HasSubstr("a run that was stopped by a signal can be resumed")));
  EXPECT_EQ(results(), rows);
}

TEST_F(TrainCommand, LabTomlDecidesHowLongARunTrains) {
  write_file_atomically(lab_.root() / "lab.toml", "version = 1\n[budget]\nseconds = 0.25\n");
  edit_recipe("int64_t steps = 0;", "int64_t steps = 1;");
  const CapturedRun ended = tern_train({"--no-score"});
  ASSERT_EQ(ended.exit_code, 0) << ended.output;
  const double seconds = std::stod(summary("0001", "training_seconds"));
  EXPECT_GE(seconds, 0.25);
  EXPECT_LT(seconds, 100);  // the recipe's own default is 300
  EXPECT_NE(summary("0001", "steps"), "1");

  ASSERT_EQ(tern_train({"--no-score", "--tokens", "96"}).exit_code, 0);
  EXPECT_EQ(summary("0002", "steps"), "3");
}

}  // namespace
}  // namespace tern
