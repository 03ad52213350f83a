#include "loop/propose/parzen.h"

#include <gtest/gtest.h>

namespace tern::loop {
namespace {

/// Tries of one dimension of five values: `scores[i]` for value i.
Parzen estimator_of(std::vector<std::optional<double>> scores, bool ordered) {
  std::vector<Observation> observations;
  for (size_t i = 0; i < scores.size(); ++i) {
    observations.push_back({{static_cast<double>(i)}, scores[i]});
  }
  return Parzen({{5, ordered}}, observations);
}

TEST(Parzen, PrefersWhatWentWell) {
  const Parzen estimator = estimator_of({0, 0, 0, 1}, false);
  EXPECT_GT(estimator.log_ratio(0, 3), estimator.log_ratio(0, 0));
}

TEST(Parzen, NeighboursOfWhatWentWellGainOnlyWhereValuesAreOrdered) {
  const std::vector<std::optional<double>> scores = {0, 0, 0, 1};
  EXPECT_GT(estimator_of(scores, true).log_ratio(0, 4), estimator_of(scores, true).log_ratio(0, 0));
  const Parzen words = estimator_of({0, 1, 0, 0}, false);
  EXPECT_DOUBLE_EQ(words.log_ratio(0, 0), words.log_ratio(0, 2));
}

TEST(Parzen, FailuresCountAsBad) {
  const Parzen estimator = estimator_of({0, std::nullopt, 0, 0, 1}, false);
  EXPECT_LE(estimator.log_ratio(0, 1), estimator.log_ratio(0, 2));
  const Parzen nothing_worked = estimator_of({std::nullopt, std::nullopt}, false);
  EXPECT_LT(nothing_worked.log_ratio(0, 0), nothing_worked.log_ratio(0, 4));
}

TEST(Parzen, DensitiesOfOrderedValuesAddUpToOne) {
  const Parzen estimator = estimator_of({0, 2, 0, 1, 5}, true);
  double sum = 0;
  for (double place = -0.4995; place < 4.5; place += 0.001) {
    sum += 0.001 * estimator.density_of_good(0, place);
  }
  EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(Parzen, WhatIsNotKnownInADimensionLeavesItAlone) {
  const Parzen estimator({{5, true}}, {{{std::nullopt}, 1.0}, {{std::nullopt}, 0.0}});
  EXPECT_DOUBLE_EQ(estimator.log_ratio(0, 2), 0);
}

TEST(Parzen, AnEvenRatioPromisesAsMuchAsARandomTry) {
  EXPECT_DOUBLE_EQ(Parzen::expected_improvement(0), 1);
  EXPECT_NEAR(Parzen::expected_improvement(100), 4, 1e-9);
}

}  // namespace
}  // namespace tern::loop
