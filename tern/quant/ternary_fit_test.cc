#include "tern/quant/ternary_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tern/base/rng.h"
#include "tern/quant/packed.h"

namespace tern {
namespace {

constexpr int64_t kOutputs = 24, kInputs = 96, kTokens = 512;

/// Inputs whose channels move together, as those of a language model do.
std::vector<float> correlated_inputs() {
  Rng rng(1);
  std::vector<float> x(kTokens * kInputs);
  for (int64_t t = 0; t < kTokens; ++t) {
    double shared = 0;
    for (int64_t i = 0; i < kInputs; ++i) {
      shared = 0.9 * shared + 0.45 * rng.normal();
      x[t * kInputs + i] = static_cast<float>(shared + 0.3 * rng.normal());
    }
  }
  return x;
}

std::vector<float> random_weights() {
  Rng rng(2);
  std::vector<float> w(kOutputs * kInputs);
  for (float& value : w) value = static_cast<float>(0.05 * rng.normal());
  return w;
}

std::vector<float> gram_of(const std::vector<float>& x) {
  std::vector<float> gram(kInputs * kInputs);
  for (int64_t t = 0; t < kTokens; ++t) {
    for (int64_t i = 0; i < kInputs; ++i) {
      for (int64_t j = 0; j < kInputs; ++j) {
        gram[i * kInputs + j] += x[t * kInputs + i] * x[t * kInputs + j];
      }
    }
  }
  return gram;
}

void fit(std::vector<float>& w, std::vector<float>& gram, Grouping grouping,
         const GroupRule& rule) {
  factor_gram({gram.data(), kInputs, kInputs});
  fit_ternary({w.data(), kOutputs, kInputs}, {gram.data(), kInputs, kInputs}, grouping, rule);
}

/// Squared difference of the outputs of `latent`, quantized, from those of w.
double output_error(const std::vector<float>& latent, const std::vector<float>& w,
                    const std::vector<float>& x, Grouping grouping, const GroupRule& rule) {
  const PackedTernary packed = quantize_and_pack(latent.data(), kOutputs, kInputs, grouping, rule);
  std::vector<float> quantized(w.size());
  unpack_ternary(packed, quantized.data());
  double error = 0;
  for (int64_t t = 0; t < kTokens; ++t) {
    for (int64_t o = 0; o < kOutputs; ++o) {
      double difference = 0;
      for (int64_t i = 0; i < kInputs; ++i) {
        difference += x[t * kInputs + i] * (quantized[o * kInputs + i] - w[o * kInputs + i]);
      }
      error += difference * difference;
    }
  }
  return error;
}

TEST(TernaryFit, ChangesTheOutputsLessThanPlainRounding) {
  const std::vector<float> x = correlated_inputs(), w = random_weights();
  const GroupRuleOptions least_squares{.threshold = 0.7f, .level = "least-squares"};
  for (const GroupRuleOptions& options : {GroupRuleOptions{}, least_squares}) {
    for (const char* group : {"32", "64", "row", "tensor"}) {
      const GroupRule rule(options);
      const Grouping grouping = Grouping::parse(group);
      std::vector<float> fitted = w, gram = gram_of(x);
      fit(fitted, gram, grouping, rule);
      EXPECT_LT(output_error(fitted, w, x, grouping, rule),
                0.7 * output_error(w, w, x, grouping, rule))
          << options.level << ", group " << group;
    }
  }
}

TEST(TernaryFit, WithIndependentInputsThereIsNothingToMakeUpFor) {
  std::vector<float> w = random_weights(), gram(kInputs * kInputs);
  for (int64_t i = 0; i < kInputs; ++i) gram[i * kInputs + i] = 1;
  const std::vector<float> before = w;
  fit(w, gram, Grouping{32}, GroupRule({}));
  for (size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(w[i], before[i], 1e-6) << i;
}

TEST(TernaryFit, InputsThatNeverMoveDoNoHarm) {
  std::vector<float> w = random_weights(), gram(kInputs * kInputs);
  fit(w, gram, Grouping{32}, GroupRule({}));
  for (const float value : w) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace tern
