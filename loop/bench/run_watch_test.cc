#include "loop/bench/run_watch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tern/base/temporary_folder.h"
#include "tern/contract/step_row.h"

namespace tern::loop {
namespace {

/// A steps.tsv that grows as a run's does.
class Steps {
 public:
  Steps() : file_(path()) { file_ << table_header<StepRow>() << std::flush; }

  std::filesystem::path path() const { return folder_.path() / "steps.tsv"; }
  /// Adds `n` steps of 100 tokens with this loss.
  Steps& add(int n, double loss, double seconds_each = 1) {
    for (int i = 0; i < n; ++i) {
      ++steps_;
      seconds_ += seconds_each;
      file_ << table_row(
          StepRow{.step = steps_, .tokens = 100 * steps_, .seconds = seconds_, .loss = loss});
    }
    file_ << std::flush;
    return *this;
  }
  Curve curve() const { return read_curve(path()); }

 private:
  TemporaryFolder folder_;
  std::ofstream file_{path()};
  int64_t steps_ = 0;
  double seconds_ = 0;
};

TEST(RunWatch, LetsARunGoOnThatDoesAsItsRivalDid) {
  Steps rival, run;
  rival.add(100, 2.0);
  RunWatch watch(run.path(), rival.curve(), 0.3);
  for (int i = 0; i < 10; ++i) {
    run.add(10, 2.0);
    EXPECT_EQ(watch.verdict(), "");
  }
  EXPECT_EQ(watch.steps(), 100);
}

TEST(RunWatch, EndsARunWhoseLossIsNotANumberAfterTwentySteps) {
  Steps run;
  RunWatch watch(run.path(), {}, 0);
  run.add(19, std::nan(""));
  EXPECT_EQ(watch.verdict(), "");
  run.add(1, std::nan(""));
  EXPECT_NE(watch.verdict(), "");
}

TEST(RunWatch, EndsARunWhoseLossExploded) {
  Steps rival, run;
  rival.add(100, 2.0);
  run.add(1, 2.0).add(25, 9.0);
  EXPECT_NE(RunWatch(run.path(), rival.curve(), 0).verdict(), "");
}

TEST(RunWatch, AllowsTheLossToRiseAsItsRivalsRose) {
  Steps rival, run;
  rival.add(1, 2.0).add(99, 6.0);
  run.add(1, 2.0).add(25, 7.0);
  EXPECT_EQ(RunWatch(run.path(), rival.curve(), 0).verdict(), "");
}

TEST(RunWatch, EndsARunThatIsFarTooSlow) {
  Steps rival, run;
  rival.add(100, 2.0, 1);
  run.add(25, 2.0, 5);
  EXPECT_NE(RunWatch(run.path(), rival.curve(), 0).verdict(), "");
}

TEST(RunWatch, PrunesARunThatIsFarBehindAtEqualTokensAndNotBefore) {
  Steps rival, run;
  rival.add(100, 2.0);
  RunWatch watch(run.path(), rival.curve(), 0.3);
  run.add(29, 2.5);
  EXPECT_EQ(watch.verdict(), "");
  run.add(1, 2.5);
  EXPECT_NE(watch.verdict(), "");
}

TEST(RunWatch, PrunesNothingWhereTheScheduleWasChanged) {
  Steps rival, run;
  rival.add(100, 2.0);
  run.add(90, 2.5);
  EXPECT_EQ(RunWatch(run.path(), rival.curve(), 0).verdict(), "");
}

TEST(RunWatch, AStepThatIsHalfWrittenCountsOnceItIsWhole) {
  const TemporaryFolder folder;
  const auto path = folder / "steps.tsv";
  const std::string row = table_row(StepRow{.step = 1, .tokens = 100, .loss = 2});
  RunWatch watch(path, {}, 0);
  const std::string all = table_header<StepRow>() + row + "no step\n" + row;
  for (size_t written = 0; written <= all.size(); ++written) {
    std::ofstream(path) << all.substr(0, written);
    watch.read_more();
  }
  EXPECT_EQ(watch.steps(), 2);
  EXPECT_EQ(watch.curve().tokens[1], 100);
}

TEST(RunWatch, WaitsForARunThatHasWrittenNothing) {
  EXPECT_EQ(RunWatch("/no/such/steps.tsv", {}, 0.3).verdict(), "");
}

}  // namespace
}  // namespace tern::loop
