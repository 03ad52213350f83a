#include "tern/base/process.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

TEST(Process, CollectsOutputAndErrorsAndTheExitCode) {
  const CapturedRun run = capture_process({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_EQ(run.output, "out\nerr\n");
}

TEST(Process, TellsTheSignalThatEndedAChild) {
  EXPECT_EQ(run_process({"sh", "-c", "kill -9 $$"}), 128 + 9);
}

TEST(Process, AProgramThatIsNotThereGives127) {
  EXPECT_EQ(capture_process({"/no/such/program"}).exit_code, 127);
}

TEST(Process, RunsInTheFolderItIsGiven) {
  EXPECT_EQ(capture_process({"pwd"}, false, "/tmp").output, "/tmp\n");
}

TEST(Process, AChildIsToldToStopWhenThisProcessIs) {
  EXPECT_EQ(run_process({"sh", "-c",
                         "trap 'exit 7' TERM; sleep 0.2; kill -TERM $PPID; "
                         "while true; do sleep 0.1; done"}),
            7);
}

}  // namespace
}  // namespace tern
