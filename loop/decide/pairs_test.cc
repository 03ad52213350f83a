#include "loop/decide/pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "loop/decide/sides_test_util.h"

namespace tern::loop {
namespace {

using ::testing::HasSubstr;
using Kind = Step::Kind;

Sides with_baseline_seeds(std::initializer_list<uint64_t> seeds) {
  Sides sides;
  for (const uint64_t seed : seeds) sides.add(sides.incumbent, seed, 3);
  return sides;
}

TEST(Screening, TheIncumbentsSeedsTakeTurns) {
  Sides sides = with_baseline_seeds({1, 2, 3});
  std::set<uint64_t> seeds;
  for (sides.candidate.number = 7; sides.candidate.number < 10; ++sides.candidate.number) {
    const Screening screening = screen(sides.comparison());
    ASSERT_TRUE(screening.step);
    EXPECT_EQ(screening.step->kind, Kind::kRunCandidate);
    seeds.insert(screening.step->seed);
  }
  EXPECT_EQ(seeds, (std::set<uint64_t>{1, 2, 3}));
}

TEST(Screening, TheRunThatSelectedTheIncumbentIsNoBarWhenThereAreOthers) {
  Sides sides = with_baseline_seeds({1, 2});
  sides.incumbent.base = 1;
  EXPECT_EQ(screen(sides.comparison()).step->seed, 2u);
}

TEST(Screening, AnIncumbentWithStaleRunsAloneRunsFirst) {
  Sides sides = with_baseline_seeds({1, 2});
  for (RunRecord& run : sides.incumbent.runs) run.stale = true;
  const Step step = *screen(sides.comparison()).step;
  EXPECT_EQ(step.kind, Kind::kRunIncumbent);
  EXPECT_EQ(step.seed, 1u);
}

TEST(Screening, AnotherSeedIsTriedWhenTheIncumbentFailsAndAfterThreeItGivesUp) {
  Sides sides;
  sides.fail_run(sides.incumbent, 1, Outcome::kCrashed, "exit code 1");
  EXPECT_EQ(screen(sides.comparison()).step->seed, 2u);
  sides.fail_run(sides.incumbent, 2, Outcome::kTimedOut, "too slow");
  sides.fail_run(sides.incumbent, 3, Outcome::kCrashed, "exit code 1");
  const Step step = *screen(sides.comparison()).step;
  EXPECT_EQ(step.kind, Kind::kDiscard);
  EXPECT_THAT(step.reason, HasSubstr("failed with 3 seeds"));
}

TEST(Screening, AnInterruptedRunIsMadeAgain) {
  Sides sides = with_baseline_seeds({1});
  sides.fail_run(sides.candidate, 1, Outcome::kInterrupted, "power cut");
  EXPECT_EQ(screen(sides.comparison()).step->kind, Kind::kRunCandidate);
}

TEST(FreshPairs, BothSidesRunInTurnOnSeedsThatAreNewToBoth) {
  Sides sides = with_baseline_seeds({1});
  sides.add(sides.candidate, 1, 2.99);
  for (const uint64_t seed : {7001u, 7002u}) {
    Step step = *fresh_pairs(sides.comparison(), 2).step;
    EXPECT_EQ(step.kind, Kind::kRunCandidate);
    EXPECT_EQ(step.seed, seed);
    sides.add(sides.candidate, seed, 2.99);
    step = *fresh_pairs(sides.comparison(), 2).step;
    EXPECT_EQ(step.kind, Kind::kRunIncumbent);
    EXPECT_EQ(step.seed, seed);
    sides.add(sides.incumbent, seed, 3);
  }
  const FreshPairs fresh = fresh_pairs(sides.comparison(), 2);
  EXPECT_FALSE(fresh.step);
  EXPECT_EQ(fresh.pairs.size(), 2u);
  EXPECT_NEAR(mean_gain(fresh.pairs), 0.01, 1e-12);
}

TEST(FreshPairs, ASeedWithWhichTheIncumbentFailsIsReplaced) {
  Sides sides = with_baseline_seeds({1});
  sides.add(sides.candidate, 7001, 2.99);
  sides.fail_run(sides.incumbent, 7001, Outcome::kCrashed, "exit code 1");
  EXPECT_EQ(fresh_pairs(sides.comparison(), 2).step->seed, 7002u);
}

}  // namespace
}  // namespace tern::loop
