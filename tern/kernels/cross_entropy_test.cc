#include "tern/kernels/cross_entropy.h"

#include "tern/kernels/cross_entropy_ref.h"
#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace cross_entropy_test {

constexpr float kWeight = 0.25f;
constexpr int64_t kSizes[] = {1, 15, 16, 17, 1000};

/// Targets of N rows in [0, V), every third one ignored.
std::vector<int32_t> random_targets(int64_t N, int64_t V) {
  Rng rng(1);
  std::vector<int32_t> targets(N, kIgnoredTarget);
  for (int64_t n = 0; n < N; ++n) {
    if (n % 3 != 1) targets[n] = static_cast<int32_t>(rng.below(V));
  }
  return targets;
}

/// Relative error of a sum of V exponentials in sixteen lanes.
double sum_error(int64_t V) { return (static_cast<double>(V) / 16 + 16) * rounding<float>(); }

TEST(CrossEntropy, ForwardMatchesTheReferenceAtEveryTail) {
  const int64_t N = 5;
  for (const int64_t V : kSizes) {
    const auto logits = random_normal(N * V, 2, 5.0);
    const auto targets = random_targets(N, V);
    std::vector<float> nll(N, -1.0f);
    cross_entropy_fwd({logits.data(), N, V}, targets, nll.data());

    const auto exact = convert<double>(logits);
    std::vector<double> want(N, 0.0);
    for (int64_t n = 0; n < N; ++n) {
      if (targets[n] != kIgnoredTarget) {
        want[n] = ref::cross_entropy_fwd(&exact[n * V], targets[n], V);
      }
    }
    // The result is a difference of logits below 25.
    expect_close(nll, want, sum_error(V) + 2 * 25 * rounding<float>());
  }
}

TEST(CrossEntropy, ReferenceGradientIsTheTrueDerivative) {
  const int64_t V = 7;
  const auto logits = random_normal<double>(V, 3);
  std::vector<double> gradient(V);
  ref::cross_entropy_bwd<double>(logits.data(), 4, 1.0, V, gradient.data());
  const auto want = complex_step_gradient(
      logits, [&](const auto& z) { return ref::cross_entropy_fwd(z.data(), 4, V); });
  expect_close(gradient, want, 1e-7);
}

template <class T>
void expect_overwrites_with_reference_gradient(int64_t N, int64_t V) {
  const auto logits = random_normal(N * V, 4, 5.0);
  const auto targets = random_targets(N, V);
  std::vector<float> nll(N), nll_alone(N);
  std::vector<T> dlogits(N * V, T(7.0f));
  cross_entropy_fwd({logits.data(), N, V}, targets, nll_alone.data());
  cross_entropy_fwd_bwd<T>({logits.data(), N, V}, targets, kWeight, nll.data(),
                           {dlogits.data(), N, V});
  EXPECT_EQ(nll, nll_alone);

  const auto exact = convert<double>(logits);
  std::vector<double> want(N * V, 0.0);
  for (int64_t n = 0; n < N; ++n) {
    if (targets[n] == kIgnoredTarget) continue;
    ref::cross_entropy_bwd<double>(&exact[n * V], targets[n], kWeight, V, &want[n * V]);
  }
  expect_close(dlogits, want, kWeight * (rounding<T>() + sum_error(V) + 4 * rounding<float>()));
}

TEST(CrossEntropy, GradientOverwritesWhatWasThereAndIsZeroInIgnoredRows) {
  for (const int64_t V : kSizes) {
    expect_overwrites_with_reference_gradient<float>(5, V);
    expect_overwrites_with_reference_gradient<bf16>(5, V);
  }
}

TEST(CrossEntropy, LogitsMayBecomeTheirGradientInPlace) {
  const int64_t N = 3, V = 100;
  const auto logits = random_normal(N * V, 5, 5.0);
  const std::vector<int32_t> targets = {7, kIgnoredTarget, 99};
  std::vector<float> nll(N), nll_in_place(N), apart(N * V), in_place = logits;
  cross_entropy_fwd_bwd<float>({logits.data(), N, V}, targets, kWeight, nll.data(),
                               {apart.data(), N, V});
  cross_entropy_fwd_bwd<float>({in_place.data(), N, V}, targets, kWeight, nll_in_place.data(),
                               {in_place.data(), N, V});
  EXPECT_EQ(in_place, apart);
  EXPECT_EQ(nll_in_place, nll);
}

TEST(CrossEntropy, HugeLogitsDoNotOverflow) {
  const std::vector<float> logits = {3e4f, 3e4f, -3e4f};
  float nll = 0;
  cross_entropy_fwd({logits.data(), 1, 3}, std::vector<int32_t>{1}, &nll);
  EXPECT_FLOAT_EQ(nll, std::log(2.0f));
}

TEST(CrossEntropy, AMaskedLogitHasNoProbability) {
  const std::vector<float> logits = {-INFINITY, 1.0f, 1.0f};
  std::vector<float> dlogits(3);
  float nll = 0;
  cross_entropy_fwd_bwd<float>({logits.data(), 1, 3}, std::vector<int32_t>{1}, 1.0f, &nll,
                               {dlogits.data(), 1, 3});
  EXPECT_FLOAT_EQ(nll, std::log(2.0f));
  EXPECT_EQ(dlogits, (std::vector<float>{0.0f, -0.5f, 0.5f}));
}

TEST(CrossEntropy, ANaNLogitMakesTheLossNaN) {
  std::vector<float> logits(40, 1.0f);
  logits[33] = NAN;
  float nll = 0;
  cross_entropy_fwd({logits.data(), 1, 40}, std::vector<int32_t>{0}, &nll);
  EXPECT_TRUE(std::isnan(nll));
}

}  // namespace cross_entropy_test
}  // namespace tern::kernels
