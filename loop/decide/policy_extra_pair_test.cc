#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/decide/sides_test_util.h"

namespace tern::loop {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using Kind = Step::Kind;

/// A candidate that every policy keeps where confirm data agree, in a lab that has none.
class WithoutConfirmData : public testing::TestWithParam<const char*>, protected Sides {
 protected:
  static constexpr uint64_t kExtraSeed = 7901;

  WithoutConfirmData() {
    for (const uint64_t seed : {1u, 7001u, 7002u, 7003u}) add_pair(seed, 0.05);
    add_pair(kShownSeed, 0.05);
  }
  Step next() const { return policy_->next(comparison(kSigma, /*has_confirm_data=*/false)); }
  Step next_with_confirm_data() const { return policy_->next(comparison()); }

 private:
  const std::unique_ptr<Policy> policy_ = make_policy(GetParam(), 3);
};

TEST_P(WithoutConfirmData, AChangeIsKeptOnlyAfterOneMoreFreshPairOfRuns) {
  Step step = next();
  EXPECT_EQ(step.kind, Kind::kRunCandidate);
  EXPECT_EQ(step.seed, kExtraSeed);
  add(candidate, kExtraSeed, 2.99);
  step = next();
  EXPECT_EQ(step.kind, Kind::kRunIncumbent);
  EXPECT_EQ(step.seed, kExtraSeed);
  add(incumbent, kExtraSeed, 3);
  step = next();
  EXPECT_EQ(step.kind, Kind::kKeep);
  EXPECT_NEAR(*step.gain, 0.05, 1e-12) << "the gain as without the pair";
  EXPECT_THAT(step.reason, EndsWith("; one more fresh pair of runs agrees"));
}

TEST_P(WithoutConfirmData, AChangeThatOneMoreFreshPairOfRunsShowsWorseIsDropped) {
  add_pair(kExtraSeed, -0.001);
  EXPECT_EQ(next().kind, Kind::kDiscard);
  EXPECT_NEAR(*next().gain, -0.001, 1e-12);
  EXPECT_THAT(next().reason,
              HasSubstr("one more fresh pair of runs, as there is no confirm text to ask"));
  EXPECT_THAT(next().reason, HasSubstr("0.10 % higher"));
}

TEST_P(WithoutConfirmData, AnotherSeedIsTriedWhereTheIncumbentFailsWithThatOfThePair) {
  add(candidate, kExtraSeed, 2.99);
  fail_run(incumbent, kExtraSeed, Outcome::kCrashed, "exit code 1");
  EXPECT_EQ(next().kind, Kind::kRunCandidate);
  EXPECT_EQ(next().seed, kExtraSeed + 1);
}

TEST_P(WithoutConfirmData, AChangeThatIsNotBetterIsDroppedWithoutThePair) {
  candidate.runs.clear();
  incumbent.runs.clear();
  add_pair(1, -0.05);
  EXPECT_EQ(next().kind, Kind::kDiscard);
}

TEST_P(WithoutConfirmData, ALabThatHasThemNeedsNoMorePairs) {
  for (const uint64_t seed :
       {uint64_t{1}, uint64_t{7001}, uint64_t{7002}, uint64_t{7003}, kShownSeed}) {
    confirm(seed, 0.04);
  }
  EXPECT_EQ(next_with_confirm_data().kind, Kind::kKeep);
}

INSTANTIATE_TEST_SUITE_P(Policies, WithoutConfirmData, testing::Values("greedy", "confirm", "race"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tern::loop
