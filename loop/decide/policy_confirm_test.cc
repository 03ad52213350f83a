#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/decide/policies.h"
#include "loop/decide/sides_test_util.h"

namespace tern::loop {
namespace {

using ::testing::HasSubstr;
using Kind = Step::Kind;

class ConfirmPolicy : public testing::Test, protected Sides {
 protected:
  void add_fresh_pairs(double gain) {
    for (const uint64_t seed : {7001u, 7002u, 7003u}) add_pair(seed, gain);
  }
  void confirm_fresh_pairs(double gain) {
    for (const uint64_t seed : {7001u, 7002u, 7003u}) confirm(seed, gain);
  }
  Step next(double sigma = kSigma, bool has_confirm_data = true) const {
    return policy_->next(comparison(sigma, has_confirm_data));
  }

 private:
  const std::unique_ptr<Policy> policy_ = policies().at("confirm")(3);
};

TEST_F(ConfirmPolicy, AGainFarBeyondNoiseIsKeptAfterTheConfirmDataAndOneFreshRun) {
  add_pair(1, 0.05);
  EXPECT_EQ(next().kind, Kind::kConfirmData);
  EXPECT_EQ(next().seed, 1u);
  confirm(1, 0.04);
  EXPECT_EQ(next().kind, Kind::kRunCandidate);
  EXPECT_EQ(next().seed, 7001u);
  add(candidate, 7001, 2.97);
  EXPECT_EQ(next().kind, Kind::kRunCandidate);
  EXPECT_EQ(next().seed, kShownSeed);
  add_pair(kShownSeed, 0.02);
  EXPECT_EQ(next().kind, Kind::kConfirmData);
  confirm(kShownSeed, 0.03);
  EXPECT_EQ(next().kind, Kind::kKeep);
  EXPECT_NEAR(*next().gain, 0.02, 1e-12) << "the gain of a pair that decided nothing";
}

TEST_F(ConfirmPolicy, AGainThatAFreshRunDoesNotShowIsInDoubtAgain) {
  add_pair(1, 0.05);
  confirm(1, 0.04);
  add(candidate, 7001, 2.995);
  EXPECT_EQ(next().kind, Kind::kRunIncumbent);
  EXPECT_EQ(next().seed, 7001u);
}

TEST_F(ConfirmPolicy, ALargeGainThatTheConfirmDataDoNotShowIsDropped) {
  add_pair(1, 0.05);
  confirm(1, -0.01);
  EXPECT_EQ(next().kind, Kind::kDiscard);
  EXPECT_THAT(next().reason, HasSubstr("the confirm data got worse"));
}

TEST_F(ConfirmPolicy, AGainThatIsMuchSmallerOnTheConfirmDataIsRefused) {
  add_pair(1, 0.16);  // 15 %, and 10 % on the confirm data
  confirm(1, 0.11);
  EXPECT_EQ(next().kind, Kind::kDiscard);
  EXPECT_THAT(next().reason, HasSubstr("the confirm data got better by less"));
  EXPECT_EQ(next().reason.find("10"), std::string::npos);
}

TEST_F(ConfirmPolicy, TextsMayAnswerToAChangeALittleDifferently) {
  add_pair(1, 0.16);
  confirm(1, 0.14);
  EXPECT_EQ(next().kind, Kind::kRunCandidate);
}

TEST_F(ConfirmPolicy, TheGainShownIsTheSmallerOfSearchAndConfirmData) {
  add_pair(1, 0.16);
  confirm(1, 0.15);
  add(candidate, 7001, 2.84);
  add_pair(kShownSeed, 0.16);
  confirm(kShownSeed, 0.12);
  EXPECT_EQ(next().kind, Kind::kKeep);
  EXPECT_NEAR(*next().gain, 0.12, 1e-12);
  EXPECT_THAT(next().reason, HasSubstr("11.31 % lower"));
}

TEST_F(ConfirmPolicy, TheSizeIsAskedOnlyWhereTheNoiseIsKnown) {
  add_pair(1, 0.16);
  for (const uint64_t seed : {7001u, 7002u, 7003u}) add_pair(seed, 0.16), confirm(seed, 0.11);
  confirm_noise = 0;
  EXPECT_EQ(next(0).seed, kShownSeed);
}

TEST_F(ConfirmPolicy, ALabWithoutConfirmDataIsNotAskedForThem) {
  add_pair(1, 0.05);
  EXPECT_EQ(next(kSigma, false).kind, Kind::kRunCandidate);
  add(candidate, 7001, 2.97);
  add_pair(kShownSeed, 0.02);
  EXPECT_EQ(next(kSigma, false).kind, Kind::kKeep);
  EXPECT_EQ(next(kSigma, false).reason.find("confirm"), std::string::npos);
}

TEST_F(ConfirmPolicy, AGainInDoubtIsRepeatedOnFreshSeedsAndThenConfirmed) {
  add_pair(1, 0.02);
  EXPECT_EQ(next().kind, Kind::kRunCandidate);
  EXPECT_EQ(next().seed, 7001u);
  add_fresh_pairs(0.02);
  for (const uint64_t seed : {7001u, 7002u, 7003u}) {
    EXPECT_EQ(next().kind, Kind::kConfirmData);
    EXPECT_EQ(next().seed, seed);
    confirm(seed, 0.018);
  }
  add_pair(kShownSeed, 0.012);
  confirm(kShownSeed, 0.02);
  EXPECT_EQ(next().kind, Kind::kKeep);
  EXPECT_NEAR(*next().gain, 0.012, 1e-12) << "runs that raised the hope do not count";
  EXPECT_THAT(next().reason, HasSubstr("perplexity 1.98 % lower (2.0 sigma) over 3 fresh pairs"));
  EXPECT_THAT(next().reason, HasSubstr("which decided nothing, 1.19 % lower"));
}

TEST_F(ConfirmPolicy, AGainThatThreePairsLeaveInDoubtGetsAsManyMore) {
  add_pair(1, 0.02);
  add_fresh_pairs(0.014);  // 1.7 standard errors
  EXPECT_EQ(next().kind, Kind::kRunCandidate);
  EXPECT_EQ(next().seed, 7004u);
  for (const uint64_t seed : {7004u, 7005u, 7006u}) add_pair(seed, 0.012);
  confirm_fresh_pairs(0.01);
  for (const uint64_t seed : {7004u, 7005u, 7006u}) confirm(seed, 0.01);
  EXPECT_EQ(next().seed, kShownSeed) << "a mean of 2.3 standard errors over six is enough";
  for (const uint64_t seed : {7004u, 7005u, 7006u}) {
    for (RunRecord& run : candidate.runs) {
      if (run.seed == seed) run.val_ppl = std::exp(3 - 0.002);
    }
  }
  EXPECT_EQ(next().kind, Kind::kDiscard) << "one of 1.4 is not";
}

TEST_F(ConfirmPolicy, AGainWithinTheStandardErrorOfTheRepeatsIsDropped) {
  add_pair(1, 0.02);
  add_fresh_pairs(0.009);  // 1.1 standard errors, sigma * sqrt(2 / 3) each
  EXPECT_EQ(next().kind, Kind::kDiscard);
  EXPECT_EQ(next().compared->pairs, 3) << "the pairs that decided";
  EXPECT_NEAR(next().compared->ppl, std::exp(3 - 0.009), 1e-9);
  EXPECT_NEAR(next().compared->base_ppl, std::exp(3), 1e-9);
}

TEST_F(ConfirmPolicy, RepeatsWithWorseConfirmDataAreDropped) {
  add_pair(1, 0.02);
  add_fresh_pairs(0.02);
  confirm_fresh_pairs(-0.001);
  EXPECT_EQ(next().kind, Kind::kDiscard);
}

TEST_F(ConfirmPolicy, StopsEarlyWhenTheRestWillNotTurnTheVerdict) {
  add_pair(1, 0.02);
  add_pair(7001, 0.005);
  EXPECT_EQ(next().kind, Kind::kRunCandidate) << "still open";
  candidate.runs.pop_back();
  incumbent.runs.pop_back();
  add_pair(7001, -0.02);
  EXPECT_EQ(next().kind, Kind::kDiscard);
  candidate.runs.pop_back();
  incumbent.runs.pop_back();
  add_pair(7001, 0.09);
  EXPECT_EQ(next().kind, Kind::kConfirmData);
}

TEST_F(ConfirmPolicy, RepeatsEveryGainWhileTheNoiseIsNotKnown) {
  add_pair(1, 0.5);
  EXPECT_EQ(next(0).kind, Kind::kRunCandidate);
  add_fresh_pairs(0.4);
  confirm_fresh_pairs(0.4);
  add_pair(kShownSeed, 0.4);
  confirm(kShownSeed, 0.4);
  EXPECT_EQ(next(0).kind, Kind::kKeep);
}

TEST_F(ConfirmPolicy, AShorterRecipeThatIsNotWorseIsKeptAsASimplification) {
  candidate.code_lines = 90;
  add_pair(1, -0.005);
  EXPECT_EQ(next().kind, Kind::kRunCandidate) << "a loss within noise is no reason to drop it";
  add_fresh_pairs(-0.001);
  confirm_fresh_pairs(0.001);
  add_pair(kShownSeed, 0);
  confirm(kShownSeed, 0);
  EXPECT_EQ(next().kind, Kind::kKeep);
  EXPECT_THAT(next().reason, HasSubstr("a simplification, 90 lines of code instead of 100"));
}

TEST_F(ConfirmPolicy, ASimplificationIsMeasuredAgainstTheBestAncestor) {
  candidate.code_lines = 90;
  add_pair(1, -0.005);
  add_fresh_pairs(-0.001);
  confirm_fresh_pairs(0.001);
  EXPECT_EQ(next().seed, kShownSeed);
  shortfall = 0.008;  // what the simplifications before it have cost
  EXPECT_EQ(next().kind, Kind::kDiscard);
}

TEST_F(ConfirmPolicy, AShorterRecipeThatIsWorseIsDropped) {
  candidate.code_lines = 90;
  add_pair(1, -0.005);
  add_fresh_pairs(-0.012);
  EXPECT_EQ(next().kind, Kind::kDiscard);
  EXPECT_NEAR(*next().gain, -0.012, 1e-12);
}

}  // namespace
}  // namespace tern::loop
