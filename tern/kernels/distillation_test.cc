#include "tern/kernels/distillation.h"

#include "tern/kernels/cross_entropy.h"
#include "tern/kernels/distillation_ref.h"
#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace distillation_test {

constexpr int64_t kRows = 4;

/// A teacher with k of V tokens, its masses normal in the logarithm and summing to 1.
struct Teacher {
  std::vector<int32_t> ids;
  std::vector<float> log_probabilities, log_rest;
  int64_t k;

  Teacher(int64_t V, int64_t k, uint64_t seed) : k(k) {
    Rng rng(seed);
    for (int64_t n = 0; n < kRows; ++n) {
      std::vector<double> masses;
      double sum = 0;
      for (int64_t i = 0; i < k + (k < V ? 1 : 0); ++i) {
        masses.push_back(std::exp(2 * rng.normal()));
        sum += masses.back();
      }
      // k distinct tokens, a stride apart that has no divisor in common with any V used here.
      for (int64_t i = 0; i < k; ++i) {
        ids.push_back(static_cast<int32_t>((n + i * 7) % V));
        log_probabilities.push_back(static_cast<float>(std::log(masses[i] / sum)));
      }
      log_rest.push_back(k < V ? static_cast<float>(std::log(masses[k] / sum)) : 0);
    }
  }
  TeacherView view() const { return {k, ids.data(), log_probabilities.data(), log_rest.data()}; }
};

struct Case {
  int64_t V, k;
  float temperature;
  TokenWeights weights;
};

const std::vector<Case> kCases = {
    {230, 32, 1, {0.5f, 0.5f, 0}},   {230, 32, 2, {0.5f, 0.5f, 0}},  {200, 8, 5, {0, 1, 0}},
    {100, 8, 1, {0, 0, 1}},          {100, 8, 4, {0.25f, 0, 0.75f}}, {33, 33, 2, {0, 1, 0}},
    {33, 33, 1, {0.5f, 0.2f, 0.3f}}, {17, 1, 2, {0.1f, 0.4f, 0.5f}}, {15, 15, 3, {0, 0, 1}}};

/// A target among the teacher's tokens in the first row, others elsewhere, one ignored.
std::vector<int32_t> targets_of(const Case& c) {
  return {0, static_cast<int32_t>(c.V - 1), kIgnoredTarget, static_cast<int32_t>(c.V / 2)};
}

template <class T>
void expect_reference(const Case& c) {
  const auto logits = random_normal(kRows * c.V, 3, 2.0);
  const Teacher teacher(c.V, c.k, 5);
  const auto targets = targets_of(c);
  const std::vector<TokenWeights> weights(kRows, c.weights);
  std::vector<float> used = logits, loss(kRows);
  std::vector<T> gradient(kRows * c.V, T(7.0f));
  distillation_fwd_bwd<T>({used.data(), kRows, c.V}, targets, teacher.view(), c.temperature,
                          weights.data(), loss.data(), {gradient.data(), kRows, c.V});

  std::vector<double> want_loss(kRows), want(kRows * c.V);
  for (int64_t n = 0; n < kRows; ++n) {
    if (targets[n] == kIgnoredTarget) continue;
    const std::vector<double> row(logits.begin() + n * c.V, logits.begin() + (n + 1) * c.V);
    const auto at = [&](const auto& z) {
      return ref::distillation(z.data(), c.V, targets[n], teacher.view().from(n), c.temperature,
                               c.weights);
    };
    want_loss[n] = at(row);
    const auto slopes = complex_step_gradient(row, at);
    std::copy(slopes.begin(), slopes.end(), want.begin() + n * c.V);
  }
  // Sums of V exponentials in sixteen lanes, weighted by logarithms below 20, times t^2.
  const double sum_error = (static_cast<double>(c.V) / 16 + 16) * rounding<float>();
  const double tolerance = 20.0 * c.temperature * c.temperature * sum_error;
  expect_close(loss, want_loss, tolerance);
  expect_close(gradient, want, tolerance + rounding<T>());
}

TEST(Distillation, LossAndGradientAreThoseOfTheReference) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(testing::Message() << "V " << c.V << ", k " << c.k << ", t " << c.temperature);
    expect_reference<float>(c);
    expect_reference<bf16>(c);
  }
}

TEST(Distillation, AGradientMayTakeThePlaceOfTheLogits) {
  const Case c = kCases[1];
  const auto logits = random_normal(kRows * c.V, 3, 2.0);
  const Teacher teacher(c.V, c.k, 5);
  const std::vector<TokenWeights> weights(kRows, c.weights);
  std::vector<float> used = logits, in_place = logits, apart(logits.size()), loss(kRows);
  distillation_fwd_bwd<float>({used.data(), kRows, c.V}, targets_of(c), teacher.view(),
                              c.temperature, weights.data(), loss.data(),
                              {apart.data(), kRows, c.V});
  distillation_fwd_bwd<float>({in_place.data(), kRows, c.V}, targets_of(c), teacher.view(),
                              c.temperature, weights.data(), loss.data(),
                              {in_place.data(), kRows, c.V});
  EXPECT_EQ(in_place, apart);
}

TEST(Distillation, AStudentEqualToItsTeacherHasNoLossAndNoGradient) {
  // Probabilities 1/2, 1/4 and, of two tokens together, 1/4.
  const std::vector<float> half = {std::log(0.5f), std::log(0.25f)}, rest = {std::log(0.25f)};
  const std::vector<int32_t> ids = {2, 0};
  std::vector<float> logits = {std::log(2.0f), 0, std::log(4.0f), 0}, loss(1);
  const TokenWeights both = {0, 1, 1};
  const std::vector<int32_t> targets = {1};
  distillation_fwd_bwd<float>({logits.data(), 1, 4}, targets,
                              {2, ids.data(), half.data(), rest.data()}, 1, &both, loss.data(),
                              {logits.data(), 1, 4});
  EXPECT_NEAR(loss[0], 0, 1e-6);
  for (const float slope : logits) EXPECT_NEAR(slope, 0, 1e-6);
}

TEST(Distillation, AStudentThatIsSureOfAnotherTokenHasAFiniteLossAndGradient) {
  const std::vector<float> top = {std::log(0.9f)}, rest = {std::log(0.1f)};
  const std::vector<int32_t> ids = {0};
  for (const float peak : {300.0f, -300.0f}) {
    std::vector<float> logits = {peak, 0, 0, 0}, loss(1);
    const TokenWeights all = {1, 1, 1};
    distillation_fwd_bwd<float>({logits.data(), 1, 4}, std::vector<int32_t>{1},
                                {1, ids.data(), top.data(), rest.data()}, 2, &all, loss.data(),
                                {logits.data(), 1, 4});
    EXPECT_TRUE(std::isfinite(loss[0]));
    for (const float slope : logits) EXPECT_TRUE(std::isfinite(slope));
  }
}

}  // namespace distillation_test
}  // namespace tern::kernels
