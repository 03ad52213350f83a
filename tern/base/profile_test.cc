#include "tern/base/profile.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tern/base/timer.h"

namespace tern {
namespace {

class Profile : public ::testing::Test {
 protected:
  Profile() {
    set_profiling(true);
    reset_profile();
  }
  ~Profile() override { set_profiling(false); }

  void work() const { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }
};

TEST_F(Profile, AZoneExcludesTheZonesInsideIt) {
  const Timer clock;
  {
    const Zone outer("outer");
    for (int i = 0; i < 3; ++i) {
      const Zone inner("inner");
      work();
    }
  }
  const double elapsed = clock.seconds();
  const auto totals = profile_totals();
  EXPECT_EQ(totals.at("outer").calls, 1);
  EXPECT_EQ(totals.at("inner").calls, 3);
  EXPECT_GT(totals.at("inner").seconds, 0);
  // Counted twice, the work would add up to more than the time that passed.
  EXPECT_LE(totals.at("outer").seconds + totals.at("inner").seconds, elapsed);
}

TEST_F(Profile, AResetForgetsAllTotals) {
  { const Zone zone("zone"); }
  reset_profile();
  EXPECT_TRUE(profile_totals().empty());
}

TEST_F(Profile, NothingIsMeasuredWhileItIsOff) {
  set_profiling(false);
  { const Zone zone("zone"); }
  EXPECT_TRUE(profile_totals().empty());
}

}  // namespace
}  // namespace tern
