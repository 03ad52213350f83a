#include "apps/train_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/run_summary.h"
#include "tern/runner/run_folder.h"

namespace tern {
namespace {

using ::testing::HasSubstr;

class TrainRunTest : public ::testing::Test {
 protected:
  TrainRunTest() {
    write_file_atomically(folder_ / "lab.toml", "version = 1\n[budget]\ntokens = 500\n");
    write_file_atomically(folder_ / "train.cpp", "// the recipe\n");
    lab_ = Lab::find(folder_.path());
  }

  /// One that was stopped.
  TrainRun stopped(const std::vector<std::string>& flags) const {
    const TrainRun run = TrainRun::start(lab_, flags);
    write_file_atomically(run.folder / "checkpoint.safetensors", "");
    return run;
  }
  TrainRun resume(const std::vector<std::string>& given = {}, bool force = false) {
    return TrainRun::resume(lab_, given, force, lr_of,
                            [this](std::string_view line) { said_ = line; });
  }
  /// A recipe whose one knob is the word behind the last "--lr".
  static RecipeDescription lr_of(const std::vector<std::string>& flags) {
    KnobDescription lr = {.name = "lr", .value = "1"};
    for (size_t i = 0; i + 1 < flags.size(); ++i) {
      if (flags[i] == "--lr") lr.value = flags[i + 1];
    }
    return {.knobs = {lr}};
  }

  TemporaryFolder folder_;
  Lab lab_;
  std::string said_;
};

TEST_F(TrainRunTest, TakesTheNextNumberAndKeepsRecipeAndFlags) {
  EXPECT_EQ(TrainRun::start(lab_, {}).name(), "train-0001");
  const TrainRun run = TrainRun::start(lab_, {"--lr", "2"});
  EXPECT_EQ(run.name(), "train-0002");
  EXPECT_EQ(read_file(run.folder / "train.cpp"), "// the recipe\n");
  EXPECT_THAT(read_file(run.folder / "flags.json"),
              AllOf(HasSubstr(R"("--tokens","500")"), HasSubstr(R"("--lr","2")")));
}

TEST_F(TrainRunTest, OneThatWasRefusedLeavesNoNumber) {
  TrainRun::start(lab_, {}).remove_if_nothing_ran();
  EXPECT_EQ(TrainRun::start(lab_, {}).name(), "train-0001");
  stopped({}).remove_if_nothing_ran();
  EXPECT_EQ(TrainRun::start(lab_, {}).name(), "train-0003");
}

TEST_F(TrainRunTest, ResumesTheNewestThatWasStopped) {
  EXPECT_THAT(error_message([&] { resume(); }), HasSubstr("no stopped run to resume"));
  stopped({"--lr", "2"});
  TrainRun::start(lab_, {"--lr", "3"});  // failed before a checkpoint
  const TrainRun run = resume();
  EXPECT_EQ(run.name(), "train-0001");
  EXPECT_EQ(lr_of(run.flags).find("lr")->value, "2");
}

TEST_F(TrainRunTest, TakesOtherValuesOnlyByForceAndSaysSo) {
  stopped({"--lr", "2e-3"});
  EXPECT_EQ(resume({"--lr", "0.002"}).flags, resume().flags) << "the same value";
  EXPECT_THAT(error_message([&] {
                resume({"--lr", "1e-3"});
              }),
              AllOf(HasSubstr("--lr 1e-3 (before: 2e-3)"), HasSubstr("--force")));
  const TrainRun run = resume({"--lr", "1e-3"}, /*force=*/true);
  EXPECT_EQ(lr_of(run.flags).find("lr")->value, "1e-3");
  EXPECT_THAT(said_, HasSubstr("--lr 1e-3 (before: 2e-3)"));
}

TEST_F(TrainRunTest, RefusesWhereTheRecipeHasChanged) {
  stopped({});
  write_file_atomically(folder_ / "train.cpp", "// another\n");
  EXPECT_THAT(error_message([&] { resume(); }), HasSubstr("has changed since run 0001 started"));
}

TEST_F(TrainRunTest, OneThatFinishedIsResumedOnlyForItsScore) {
  const TrainRun run = stopped({});
  RunSummary summary;
  summary.steps = 5;
  write_file_atomically(run.folder / RunSummary::kFile, summary.to_text());
  EXPECT_TRUE(resume().trained);
  EXPECT_THAT(error_message([&] { resume({"--lr", "2"}, true); }), HasSubstr("other values"));
  record_score(run.folder, EvalAnswer{});
  EXPECT_THAT(error_message([&] { resume(); }), HasSubstr("has finished"));
}

}  // namespace
}  // namespace tern
