#include "tern/sandbox/capped_log.h"

#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"
#include "tern/sandbox/job_test_util.h"

namespace tern {
namespace {

std::string logged(int64_t limit, const std::vector<std::string>& pieces) {
  const Workplace place;
  CappedLog log(place.root / "log", limit);
  for (const std::string& piece : pieces) log.append(piece);
  log.finish();
  return place.log();
}

TEST(CappedLog, KeepsAShortOutputAsItIs) {
  EXPECT_EQ(logged(20, {"one\n", "two\n"}), "one\ntwo\n");
  EXPECT_EQ(logged(8, {"one\n", "two\n"}), "one\ntwo\n");
}

TEST(CappedLog, LeavesOutTheMiddleAndSaysHowMuch) {
  EXPECT_EQ(logged(8, {"abcdefghij", "klmnopqrst", "uvwxyz"}),
            "abcd\n[18 bytes of output were left out here]\nwxyz");
}

TEST(CappedLog, TheHeadIsInTheFileWhileTheProgramRuns) {
  const Workplace place;
  CappedLog log(place.root / "log", 8);
  log.append("abcdef");
  EXPECT_EQ(place.log(), "abcd");
}

TEST(CappedLog, CountsWhatIsLeftOutOverManyPieces) {
  const std::string line = std::string(999, 'x') + "\n";
  const std::string text = logged(2000, std::vector<std::string>(1000, line));
  EXPECT_NE(text.find("[998000 bytes"), std::string::npos);
  EXPECT_LT(text.size(), 2100u);
}

TEST(CappedLog, WithoutALimitKeepsEverything) {
  EXPECT_EQ(logged(0, {std::string(100000, 'x')}).size(), 100000u);
}

TEST(CappedLog, SaysThatTheDiskIsFull) {
  CappedLog log("/dev/full", 100);
  log.append("text");
  EXPECT_EQ(error_message([&] { log.finish(); }),
            "cannot write the log /dev/full: No space left on device");
}

}  // namespace
}  // namespace tern
