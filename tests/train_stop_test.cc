// `tern train` that is stopped, killed and taken up again. Each test compiles the lab's train.cpp,
// which takes seconds, so there are few.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tern/runner/run_folder.h"
#include "tern/sandbox/process_tree.h"
#include "tern/sandbox/supervise.h"
#include "tests/child_process.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class TrainStop : public RecipeLabTest {
 protected:
  FlagList command(const FlagList& flags) const {
    // A child process has the folder of this one, so that it is told where the lab is.
    const FlagList words = {"sh", "-c", "cd \"$0\" && exec \"$@\"", lab_.root(), TERN_PROGRAM};
    const FlagList small = {"train", "--threads", "1",  "--batch-size", "2", "--sequence-length",
                            "16",    "--group",   "32", "--no-score"};
    return words + small + flags;
  }
  CapturedRun tern_train(const FlagList& flags) const { return capture_process(command(flags)); }

  /// Waits until no process of the run is left; false after half a minute.
  bool ends(const std::string& run) const {
    for (int i = 0; i < 3000; ++i) {
      if (marked_processes(kJobMark, lab_.run_folder(run).string()).empty()) return true;
      ::usleep(10'000);
    }
    return false;
  }
};

const FlagList kLong = {"--steps", "100000", "--eval-every", "1", "--save-every", "1"};

TEST_F(TrainStop, CtrlCSavesTheRunAndItGoesOnWithTheFlagsItHad) {
  const FlagList flags = {"--steps", "400", "--eval-every", "1", "--eval-tokens", "32"};
  ChildProcess child(command(flags));
  ASSERT_TRUE(child.read_until("\nstep 5 "));
  child.send(SIGINT);
  const CapturedRun stopped = child.finish();
  EXPECT_EQ(stopped.exit_code, 130) << stopped.output;
  EXPECT_THAT(stopped.output, HasSubstr("go on with: tern train --resume"));
  EXPECT_TRUE(fs::exists(checkpoint("0001")));
  const size_t rows = results().size();
  EXPECT_GT(rows, 5u);  // they are in the lab's table, which the program itself cannot write
  EXPECT_EQ(rows, table("0001", "results.tsv").size());

  // Another rate would make a schedule of two halves; the same one, written otherwise, does not.
  const CapturedRun refused = tern_train({"--resume", "--lr", "1e-3"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, AllOf(HasSubstr("--lr 1e-3 (before: 3e-4)"), HasSubstr("--force")));
  const CapturedRun forced =
      tern_train({"--resume", "--force", "--lr", "1e-3", "--steps", "402", "--beta1", "0.900"});
  EXPECT_EQ(forced.exit_code, 0) << forced.output;
  EXPECT_THAT(forced.output, HasSubstr("--steps 402 (before: 400)"));
  EXPECT_THAT(forced.output, Not(HasSubstr("--beta1")));
  EXPECT_THAT(read_file(lab_.run_folder("0001") / "flags.json"), HasSubstr("\"--lr\",\"1e-3\""));
  EXPECT_EQ(summary("0001", "steps"), "402");
  // Each step once.
  EXPECT_EQ(results().size(), 1u + 402);

  const CapturedRun again = tern_train({"--resume"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, HasSubstr("run 0001, the newest, has finished"));
}

TEST_F(TrainStop, KilledItLeavesNothingTrainingAndTwoNeverTrainInOneFolder) {
  ChildProcess child(command(kLong));
  ASSERT_TRUE(child.read_until("\nstep 3 "));
  const CapturedRun second = tern_train({"--resume"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.output, HasSubstr("another process is training in"));
  EXPECT_FALSE(marked_processes(kJobMark, lab_.run_folder("0001").string()).empty());
  child.send(SIGKILL);
  EXPECT_TRUE(ends("0001"));
  child.finish();

  ChildProcess resumed(command({"--resume"}));
  ASSERT_TRUE(resumed.read_until("\nstep "));
  resumed.send(SIGTERM);
  EXPECT_EQ(resumed.finish().exit_code, 130);
}

}  // namespace
}  // namespace tern
