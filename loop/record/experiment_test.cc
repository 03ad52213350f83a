#include "loop/record/experiment.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/error.h"

namespace tern::loop {
namespace {

RunRecord scored(uint64_t seed, double ppl) {
  RunRecord run;
  run.comparison = 2;
  run.seed = seed;
  run.outcome = Outcome::kScored;
  run.val_ppl = ppl;
  run.val_bpb = std::log(ppl);
  return run;
}

RunRecord ended(uint64_t seed, Outcome outcome) {
  RunRecord run;
  run.comparison = 2;
  run.seed = seed;
  run.outcome = outcome;
  return run;
}

Experiment with(int64_t base, std::vector<RunRecord> runs) {
  Experiment e;
  e.number = 2;
  e.base = base;
  e.runs = std::move(runs);
  return e;
}

std::vector<uint64_t> seeds(const std::vector<const RunRecord*>& runs) {
  std::vector<uint64_t> all;
  for (const RunRecord* run : runs) all.push_back(run->seed);
  return all;
}

using Seeds = std::vector<uint64_t>;

TEST(Experiment, NamesOfOutcomesAndStatusesReadBackAsThemselves) {
  for (const Outcome o :
       {Outcome::kRunning, Outcome::kScored, Outcome::kCrashed, Outcome::kTimedOut,
        Outcome::kPruned, Outcome::kVoid, Outcome::kInterrupted}) {
    EXPECT_EQ(outcome_named(name_of(o)), o);
  }
  for (const Status s : {Status::kRunning, Status::kBaseline, Status::kKeep, Status::kDiscard,
                         Status::kCrash, Status::kTimeout, Status::kRejected}) {
    EXPECT_EQ(status_named(name_of(s)), s);
  }
  EXPECT_EQ(name_of(Outcome::kInterrupted), "interrupted");
  EXPECT_EQ(name_of(Status::kRejected), "rejected");
  EXPECT_THROW(status_named("kept"), Error);
}

TEST(Experiment, TheRunThatSelectedARecipeIsNotInItsEstimate) {
  const Experiment e = with(1, {scored(1, 5.0), scored(2, 8.0), scored(3, 8.0)});
  EXPECT_EQ(seeds(e.estimate_runs()), (Seeds{2, 3}));
  EXPECT_DOUBLE_EQ(*e.val_ppl(), 8.0);
}

TEST(Experiment, ARecipeWithOneRunIsEstimatedByIt) {
  const Experiment e = with(1, {ended(1, Outcome::kInterrupted), scored(1, 5.0)});
  EXPECT_EQ(seeds(e.estimate_runs()), (Seeds{1}));
}

TEST(Experiment, AllRunsOfTheBaselineCountForNothingSelectedIt) {
  const Experiment e = with(0, {scored(1, 4.0), scored(2, 9.0)});
  EXPECT_EQ(seeds(e.fresh_runs()), (Seeds{1, 2}));
  EXPECT_NEAR(*e.val_ppl(), 6.0, 1e-12);                                  // geometric
  EXPECT_NEAR(*e.val_bpb(), (std::log(4.0) + std::log(9.0)) / 2, 1e-12);  // its logarithm: plain
}

TEST(Experiment, RunsThatWereNotScoredOrAreStaleOrOnlyLookedForDriftDoNotCount) {
  RunRecord stale = scored(2, 1.0), drift = scored(3, 1.0);
  stale.stale = true;
  drift.comparison = 0;
  const Experiment e =
      with(0, {scored(1, 8.0), stale, drift, ended(4, Outcome::kCrashed), scored(5, 8.0)});
  EXPECT_EQ(seeds(e.estimate_runs()), (Seeds{1, 5}));
}

TEST(Experiment, AScoredRunIsFoundByItsSeedUnlessStale) {
  RunRecord stale = scored(2, 1.0);
  stale.stale = true;
  const Experiment e = with(0, {scored(1, 8.0), stale, ended(3, Outcome::kCrashed)});
  ASSERT_NE(e.scored(1), nullptr);
  EXPECT_EQ(e.scored(1)->val_ppl, 8.0);
  EXPECT_EQ(e.scored(2), nullptr);
  EXPECT_EQ(e.scored(3), nullptr);
}

TEST(Experiment, WithoutAScoreThereIsNoFigure) {
  EXPECT_EQ(with(1, {ended(1, Outcome::kCrashed)}).val_ppl(), std::nullopt);
  RunRecord without_bits = scored(1, 8.0);
  without_bits.val_bpb.reset();
  EXPECT_EQ(with(1, {without_bits}).val_bpb(), std::nullopt);
}

}  // namespace
}  // namespace tern::loop
