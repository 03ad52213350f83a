// Runs of the recipe that are stopped, killed or out of disk, and what it takes to go on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "tern/base/rng.h"
#include "tests/child_process.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class ResumeTest : public RunTest {};

TEST_F(ResumeTest, StoppedByASignalItGoesOnAsIfNeverStopped) {
  const FlagList flags = {"--steps", "80", "--eval-every", "1", "--eval-tokens", "32"};
  train("whole", flags);
  const Rows whole = results(), whole_steps = table("whole", "steps.tsv");
  for (const int signal : {SIGTERM, SIGINT}) {
    fs::remove(lab_.lab().results());
    const std::string run = "stopped-by-" + std::to_string(signal);
    ChildProcess child(lab_.command(run, flags));
    ASSERT_TRUE(child.read_until("\nstep 5 "));
    child.send(signal);
    const CapturedRun stopped = child.finish();
    EXPECT_EQ(stopped.exit_code, 130) << stopped.output;
    EXPECT_THAT(stopped.output, EndsWith("; go on with: tern train --resume\n"));
    EXPECT_FALSE(fs::exists(model(run)));

    train(run, flags + FlagList{"--resume"});
    EXPECT_EQ(weights(run), weights("whole"));
    // Every row as well, but for the seconds and the name.
    Rows rows = results(), steps = table(run, "steps.tsv");
    ASSERT_EQ(rows.size(), whole.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i][7] = whole[i][7], rows[i][12] = whole[i][12];
      EXPECT_EQ(rows[i], whole[i]);
    }
    ASSERT_EQ(steps.size(), whole_steps.size());
    for (size_t i = 0; i < steps.size(); ++i) {
      steps[i][2] = whole_steps[i][2];
      EXPECT_EQ(steps[i], whole_steps[i]);
    }
  }
}

/// As timeout(1) sends it: to the run and to its whole group.
TEST_F(ResumeTest, ASignalThatComesTwiceIsOneRequest) {
  ChildProcess child(lab_.command("run", {"--steps", "80", "--eval-every", "1"}));
  ASSERT_TRUE(child.read_until("\nstep 5 "));
  child.send(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  child.send(SIGTERM);
  EXPECT_EQ(child.finish().exit_code, 130);
  EXPECT_TRUE(fs::exists(checkpoint("run")));
}

/// Nobody reads what the run prints, so it hangs once the pipe is full.
TEST_F(ResumeTest, ASecondRequestEndsARunThatHangs) {
  ChildProcess child(lab_.command("run", {"--steps", "100000", "--eval-every", "1"}));
  ASSERT_TRUE(child.read_until("\nstep 1 lambda"));
  const auto rows = [&] { return fs::exists(lab_.lab().results()) ? results().size() : 0; };
  for (size_t before = 0; before == 0 || before < rows();) {
    before = rows();
    std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  }
  child.send(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  child.send(SIGTERM);
  EXPECT_EQ(child.finish().exit_code, 128 + SIGTERM);
}

TEST_F(ResumeTest, ASavedStepIsAPlaceToGoOnFrom) {
  train("whole");
  train("saved", {"--save-every", "3"});
  fs::remove_all(model("saved"));
  train("saved", {"--resume"});
  EXPECT_EQ(summary("saved", "steps"), "8");
  EXPECT_EQ(weights("saved"), weights("whole"));
}

/// Each time it is killed within 20 ms of the end of its first step, when it begins to save.
TEST_F(ResumeTest, KilledAgainAndAgainWhileItSavesItStillEndsAtTheSameBytes) {
  const FlagList flags = {"--steps", "150", "--save-every", "1"};
  train("whole", flags);
  Rng rng(1);
  FlagList resume;
  int killed = 0;
  for (int i = 0; i < 10; ++i) {
    ChildProcess child(lab_.command("killed", flags + resume));
    child.read_until("step ");
    std::this_thread::sleep_for(std::chrono::microseconds(rng.below(20'000)));
    child.send(SIGKILL);
    killed += child.finish().exit_code == 128 + SIGKILL;
    if (fs::exists(checkpoint("killed"))) resume = {"--resume"};
  }
  EXPECT_GT(killed, 0);
  train("killed", flags + resume);
  EXPECT_EQ(weights("killed"), weights("whole"));
  const Rows steps = table("killed", "steps.tsv");
  ASSERT_EQ(steps.size(), 1u + 150);
  for (size_t step = 1; step < steps.size(); ++step)
    EXPECT_EQ(steps[step][0], std::to_string(step));
}

TEST_F(ResumeTest, AFullDiskKeepsTheLastCheckpointAndIsTold) {
  train("run", {"--save-every", "4"});
  const std::string before = sha256_of_file(checkpoint("run"));
  // A file written aside is named after its process, here a shell that becomes the run.
  FlagList command = {"sh", "-c",
                      "ln -s /dev/full '" + checkpoint("run").string() + "'.tmp-$$ && exec \"$@\"",
                      "sh"};
  const CapturedRun full = capture_process(command + lab_.command("run", {"--save-every", "4"}));
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_THAT(full.output, AllOf(HasSubstr("checkpoint.safetensors: No space left on device; free "
                                           "some space on this disk"),
                                 Not(HasSubstr("step 8"))));
  EXPECT_EQ(sha256_of_file(checkpoint("run")), before);
}

TEST_F(ResumeTest, WithoutACheckpointThereIsNothingToResume) {
  EXPECT_THAT(refuse({"--resume"}), HasSubstr("nothing to resume"));
  EXPECT_FALSE(fs::exists(lab_.run_folder("refused")));
}

TEST_F(ResumeTest, EndedBeforeLambdaIsOneItHasNoModelButCanGoOn) {
  const FlagList flags = {"--lambda-warmup", "10"};
  const FlagList too_short = {"--steps", "0", "--time-budget", "1e-9"};
  EXPECT_THAT(refuse(flags + too_short, "run"), HasSubstr("train until lambda is 1"));
  train("run", flags + FlagList{"--resume", "--steps", "12"});
  EXPECT_EQ(summary("run", "steps"), "12");
}

}  // namespace
}  // namespace tern
