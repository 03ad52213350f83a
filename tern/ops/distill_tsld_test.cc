#include <gtest/gtest.h>

#include <cmath>

#include "tern/ops/distillations.h"

namespace tern {
namespace {

TEST(DistillTsld, WeightsAreTheSoftmaxOfTheTeachersCrossEntropyOverTen) {
  TeacherTokens teacher;
  teacher.log_gold = {-1, -11, -2, 0};  // cross-entropies 1, 11, 2 and one that does not count
  std::vector<DivergenceWeights> weights(4);
  distillations().at("tsld")(teacher, std::vector<int32_t>{3, 3, 3, -1}, weights);
  const double sum = std::exp(0.1) + std::exp(1.1) + std::exp(0.2);
  EXPECT_NEAR(weights[0].forward, 3 * std::exp(0.1) / sum, 1e-6);
  EXPECT_NEAR(weights[1].forward, 3 * std::exp(1.1) / sum, 1e-6);
  EXPECT_NEAR(weights[2].forward, 3 * std::exp(0.2) / sum, 1e-6);
  for (const DivergenceWeights& weight : weights) EXPECT_EQ(weight.reverse, 0);
}

TEST(DistillTsld, ATeacherThatFindsAllTokensEquallyHardWeighsThemEqually) {
  TeacherTokens teacher;
  teacher.log_gold = {-5000, -5000};
  std::vector<DivergenceWeights> weights(2);
  distillations().at("tsld")(teacher, std::vector<int32_t>{0, 0}, weights);
  EXPECT_FLOAT_EQ(weights[0].forward, 1);
  EXPECT_FLOAT_EQ(weights[1].forward, 1);
}

}  // namespace
}  // namespace tern
