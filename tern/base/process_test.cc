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
  EXPECT_EQ(capture_process({"sh", "-c", "kill -9 $$"}).exit_code, 128 + 9);
}

TEST(Process, AProgramThatIsNotThereGives127) {
  EXPECT_EQ(capture_process({"/no/such/program"}).exit_code, 127);
}

TEST(Process, RunsInTheFolderItIsGiven) {
  EXPECT_EQ(capture_process({"pwd"}, false, "/tmp").output, "/tmp\n");
}

TEST(Process, AToolReadsItsInputAndKeepsErrorsApartFromOutput) {
  const std::string much(1 << 20, 'x');  // more than a pipe holds
  const CapturedRun run = capture_tool({"sh", "-c", "cat; echo err >&2; exit 3"}, much);
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.output == much);
  EXPECT_EQ(run.errors, "err\n");
}

TEST(Process, AToolIsInAGroupOfItsOwnSoThatCtrlCDoesNotReachIt) {
  EXPECT_EQ(capture_tool({"sh", "-c", "kill -INT 0"}).exit_code, 128 + 2);
}

TEST(Process, AChildIsToldToStopWhenThisProcessIs) {
  const CapturedRun run = capture_process({"sh", "-c",
                                           "trap 'exit 7' TERM; sleep 0.2; kill -TERM $PPID; "
                                           "while true; do sleep 0.1; done"});
  EXPECT_EQ(run.exit_code, 7);
}

TEST(LastLine, IsTheLastThatSaysSomething) {
  EXPECT_EQ(last_line("first\nlast\n \n"), "last");
  EXPECT_EQ(last_line("only"), "only");
  EXPECT_EQ(last_line("\n\n"), "it printed nothing");
}

}  // namespace
}  // namespace tern
