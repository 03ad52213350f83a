#include "tern/kernels/adamw.h"

#include "tern/kernels/adamw_ref.h"
#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace {

constexpr AdamWOptions kOptions{
    .lr = 0.1f, .beta1 = 0.8f, .beta2 = 0.95f, .epsilon = 1e-6f, .weight_decay = 0.2f};

/// Weights and moments after some steps by the kernel, with moments of type Moment, and by the
/// reference in double.
template <class Moment>
struct Steps {
  static constexpr int kSteps = 5;
  std::vector<float> w;
  std::vector<Moment> m, v;
  std::vector<double> want_w, want_m, want_v;

  explicit Steps(int64_t n)
      : w(random_normal(n, 1)),
        m(n, Moment(0.0f)),
        v(m),
        want_w(convert<double>(w)),
        want_m(n),
        want_v(n) {
    for (int64_t step = 1; step <= kSteps; ++step) {
      auto g = random_normal(n, 10 + step);
      for (int64_t i = 0; i < n; ++i) {
        ref::adamw(want_w[i], double{g[i]}, want_m[i], want_v[i], kOptions, step);
      }
      adamw(w, g, m, v, kOptions, step, 1.0f, false);
    }
  }
};

TEST(AdamW, FollowsTheReferenceForManySteps) {
  for (const int64_t n : {1, 17, 40000}) {
    const Steps<float> s(n);
    // About ten roundings a step; early updates are no larger than lr, and w carries their errors.
    const double tolerance = 10 * s.kSteps * rounding<float>();
    expect_close(s.w, s.want_w, tolerance);
    expect_close(s.m, s.want_m, tolerance);
    expect_close(s.v, s.want_v, tolerance);
  }
}

TEST(AdamW, TheFirstStepMovesEachWeightByTheLearningRateAgainstItsGradient) {
  std::vector<float> w = {0, 0}, g = {1e3f, -1e-2f}, m(2), v(2);
  adamw(w, g, m, v, kOptions, 1, 1.0f, false);
  EXPECT_NEAR(w[0], -0.1f, 1e-4f);
  EXPECT_NEAR(w[1], 0.1f, 1e-4f);
}

TEST(AdamW, DecayDoesNotPassThroughTheMoments) {
  std::vector<float> w = {2}, g = {0}, m = {0}, v = {0};
  adamw(w, g, m, v, kOptions, 1, 1.0f, false);
  EXPECT_FLOAT_EQ(w[0], 2 * (1 - 0.1f * 0.2f));
  EXPECT_EQ(m[0], 0);
  EXPECT_EQ(v[0], 0);
}

TEST(AdamW, TheGradientScaleActsLikeAScaledGradient) {
  std::vector<float> w_a = {1}, g_a = {0.5f}, m_a = {0}, v_a = {0};
  std::vector<float> w_b = {1}, g_b = {4.0f}, m_b = {0}, v_b = {0};
  adamw(w_a, g_a, m_a, v_a, kOptions, 1, 1.0f, false);
  adamw(w_b, g_b, m_b, v_b, kOptions, 1, 0.125f, false);
  EXPECT_EQ(w_a, w_b);
  EXPECT_EQ(m_a, m_b);
  EXPECT_EQ(v_a, v_b);
}

TEST(AdamW, ClearsTheGradientOnlyWhenAsked) {
  std::vector<float> w(20, 1.0f), g(20, 3.0f), m(20), v(20);
  adamw(w, g, m, v, kOptions, 1, 1.0f, false);
  EXPECT_EQ(g, std::vector<float>(20, 3.0f));
  adamw(w, g, m, v, kOptions, 2, 1.0f, true);
  EXPECT_EQ(g, std::vector<float>(20, 0.0f));
}

/// Steps with a gradient of zero, after which a moment that starts at 1 is beta^steps.
float mean_square_after(int64_t steps, float beta2) {
  constexpr int64_t n = 4096;
  std::vector<float> w(n), g(n);
  std::vector<bf16> m(n), v(n, bf16(1.0f));
  for (int64_t step = 1; step <= steps; ++step) {
    adamw(w, g, m, v, {.beta2 = beta2}, step, 1.0f, false);
  }
  double sum = 0;
  for (const bf16 value : v) sum += static_cast<float>(value);
  return static_cast<float>(sum / n);
}

TEST(AdamW, MomentsInBf16DecayAtTheirRateAlthoughOneStepIsLessThanTheyResolve) {
  // Rounded to nearest, 0.999 * 1 is 1 again. One rounding errs by at most 2^-8 of the number, so
  // the mean of 4096 such random walks of 1000 steps errs by less than 2^-8 sqrt(1000 / 4096).
  EXPECT_NEAR(mean_square_after(1000, 0.999f), std::exp(-1.0), 3 * 0.002 * std::exp(-1.0));
  EXPECT_NEAR(mean_square_after(10, 0.95f), std::pow(0.95, 10), 3 * 2e-4);
}

TEST(AdamW, MomentsInBf16FollowTheReferenceUpToTheirRounding) {
  const Steps<bf16> s(4000);
  // A stored number is off by up to twice as much as if rounded to nearest, at each step.
  const double tolerance = 2 * s.kSteps * rounding<bf16>();
  expect_close(s.m, s.want_m, tolerance);
  expect_close(s.v, s.want_v, tolerance);
  expect_close(s.w, s.want_w, kOptions.lr * s.kSteps * 2 * tolerance);
}

TEST(AdamW, RoundsBf16MomentsAlikeOnEveryRunAndOtherwiseForAnotherTensor) {
  const auto moments = [](uint32_t tensor) {
    std::vector<float> w(100), g = random_normal(100, 3);
    std::vector<bf16> m(100), v(100);
    adamw(w, g, m, v, {.tensor = tensor}, 1, 1.0f, false);
    return convert<float>(m);
  };
  EXPECT_EQ(moments(1), moments(1));
  EXPECT_NE(moments(1), moments(2));
}

}  // namespace
}  // namespace tern::kernels
