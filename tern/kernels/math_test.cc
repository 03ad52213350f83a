#include "tern/kernels/math.h"

#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Distance from the true value in units in the last place of a float of that size.
double ulps(float got, double want) {
  const float nearest = static_cast<float>(want);
  const float next = std::nextafter(nearest, kInfinity);
  return std::abs(static_cast<double>(got) - want) / (static_cast<double>(next) - nearest);
}

TEST(FastExp, IsWithinTwoUnitsInTheLastPlaceOverTheWholeRange) {
  double worst = 0;
  float where = 0;
  for (float x = -103.9f; x < 88.72f; x += 1e-4f) {
    const double error = ulps(fast_exp(x), std::exp(static_cast<double>(x)));
    if (error > worst) worst = error, where = x;
  }
  EXPECT_LE(worst, 2.0) << "at " << where;
}

TEST(FastExp, IsExactAtZero) { EXPECT_EQ(fast_exp(0.0f), 1.0f); }

TEST(FastExp, VanishesAndOverflowsWhereFloatsDo) {
  for (const float x : {-104.0f, -1e10f, -kInfinity}) EXPECT_EQ(fast_exp(x), 0.0f) << x;
  for (const float x : {88.73f, 89.0f, 1e10f, kInfinity}) EXPECT_EQ(fast_exp(x), kInfinity) << x;
  EXPECT_LT(fast_exp(88.72f), kInfinity);
}

TEST(FastExp, KeepsNaN) { EXPECT_TRUE(std::isnan(fast_exp(NAN))); }

TEST(Sigmoid, IsTheLogisticFunctionWithItsLimits) {
  for (const float x : {-80.0f, -3.0f, -0.5f, 0.0f, 0.5f, 3.0f, 80.0f}) {
    const double want = 1 / (1 + std::exp(-static_cast<double>(x)));
    EXPECT_LE(ulps(sigmoid(x), want), 4.0) << x;
  }
  EXPECT_EQ(sigmoid(-kInfinity), 0.0f);
  EXPECT_EQ(sigmoid(kInfinity), 1.0f);
}

}  // namespace
}  // namespace tern::kernels
