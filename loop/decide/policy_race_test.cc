#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/decide/policies.h"
#include "loop/decide/sides_test_util.h"

namespace tern::loop {
namespace {

using ::testing::HasSubstr;
using Kind = Step::Kind;

class RacePolicy : public testing::Test, protected Sides {
 protected:
  Step next(double sigma = kSigma) const { return policy_->next(comparison(sigma, false)); }

 private:
  const std::unique_ptr<Policy> policy_ = policies().at("race")(3);
};

TEST_F(RacePolicy, AWinnerByFarStillRunsASecondPairAndReportsAThird) {
  add_pair(1, 0.2);
  EXPECT_EQ(next().kind, Kind::kRunCandidate);
  add_pair(7001, 0.1);
  EXPECT_EQ(next().seed, kShownSeed);
  add_pair(kShownSeed, 0.05);
  EXPECT_EQ(next().kind, Kind::kKeep);
  EXPECT_NEAR(*next().gain, 0.05, 1e-12);
}

TEST_F(RacePolicy, ACandidateThatFallsBehindIsDroppedAtOnce) {
  add_pair(1, 0.01);
  add_pair(7001, -0.02);
  EXPECT_EQ(next().kind, Kind::kDiscard);
}

TEST_F(RacePolicy, ASmallLeadRunsAllPairsAndMustExceedItsStandardError) {
  for (const uint64_t seed : {1u, 7001u, 7002u}) {
    add_pair(seed, 0.0065);
    EXPECT_EQ(next().kind, Kind::kRunCandidate) << seed;
  }
  add_pair(7003, 0.0065);  // below sigma * sqrt(2 / 4)
  EXPECT_EQ(next().kind, Kind::kDiscard);
  EXPECT_THAT(next().reason, HasSubstr("no more than noise"));
  candidate.runs.pop_back();
  add_pair(7003, 0.0105);
  EXPECT_EQ(next().seed, kShownSeed);
}

TEST_F(RacePolicy, RunsAllPairsWhileTheNoiseIsNotKnown) {
  for (const uint64_t seed : {1u, 7001u, 7002u}) {
    add_pair(seed, 0.5);
    EXPECT_EQ(next(0).kind, Kind::kRunCandidate);
  }
  add_pair(7003, 0.5);
  EXPECT_EQ(next(0).seed, kShownSeed);
}

TEST_F(RacePolicy, AShorterRecipeThatStaysLevelIsKeptAsASimplification) {
  candidate.code_lines = 90;
  for (const uint64_t seed : {1u, 7001u, 7002u, 7003u}) add_pair(seed, -0.002);
  add_pair(kShownSeed, -0.002);
  EXPECT_EQ(next().kind, Kind::kKeep);
  EXPECT_THAT(next().reason, HasSubstr("a simplification: "));
}

}  // namespace
}  // namespace tern::loop
