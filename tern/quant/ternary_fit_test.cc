#include "tern/quant/ternary_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/rng.h"
#include "tern/quant/code_statistics.h"
#include "tern/quant/packed.h"
#include "tern/quant/quant_test_util.h"
#include "tern/quant/ternary_fit_ref.h"

namespace tern {
namespace {

constexpr int64_t kOutputs = 24, kInputs = 96, kTokens = 256;

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

std::vector<float> random_weights() { return normal_weights(kOutputs * kInputs, 2, 0.05); }

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

PackedTernary fit(std::vector<float>& w, std::vector<float>& gram, Grouping grouping,
                  const GroupRule& rule) {
  factor_gram({gram.data(), kInputs, kInputs});
  return fit_ternary({w.data(), kOutputs, kInputs}, {gram.data(), kInputs, kInputs}, grouping,
                     rule);
}

PackedTernary rounded(const std::vector<float>& latent, Grouping grouping, const GroupRule& rule) {
  return quantize_and_pack(latent.data(), kOutputs, kInputs, grouping, rule);
}

/// Squared difference of the outputs of a quantized matrix from those of w.
double output_error(const PackedTernary& packed, const std::vector<float>& w,
                    const std::vector<float>& x) {
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

const NamedRule kRules[] = {
    {"absmean", {}},
    {"TWN", {.threshold = 0.7f, .level = "least-squares"}},
    {"absmax", {.scale = "absmax"}},
    {"lloyd-max", {.level = "lloyd-max"}},
    {"a third zeros", {.zeros = 0.33}},
    {"a third zeros, least squares", {.level = "least-squares", .zeros = 0.33}},
    {"3:4", {.pattern = "3:4"}},
    {"3:4, least squares", {.level = "least-squares", .pattern = "3:4"}}};
const char* const kGroups[] = {"32", "64", "row",
                               "tensor"};  // the last of 64 in a row of 96 is short

/// How much of an input's square it shares with no other one.
constexpr float kOwn = 0.25f;

/// A Gram matrix of inputs that move together the more the nearer they are. What they share falls
/// with the distance and is convex, and so positive semidefinite (Polya 1949): no eigenvalue is
/// below kOwn.
std::vector<float> neighbours_gram(int64_t n) {
  std::vector<float> gram(n * n);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      gram[i * n + j] = 1 / static_cast<float>(1 + std::abs(i - j));
    }
    gram[i * n + i] += kOwn;
  }
  return gram;
}

TEST(FactorGram, IsTheUpperFactorOfTheInverse) {
  for (const int64_t n : {1, 2, 50, 133}) {
    std::vector<float> factor = neighbours_gram(n);
    const std::vector<double> want = ref::upper_factor({factor.begin(), factor.end()}, n);
    factor_gram({factor.data(), n, n});
    // In units of the factor's norm, as far as the condition number lets it: no eigenvalue
    // is above the largest sum of a row.
    const double norm = 1 / std::sqrt(kOwn);
    const double condition = (kOwn + 1 + 2 * std::log(n)) / kOwn;
    for (int64_t i = 0; i < n * n; ++i) {
      EXPECT_NEAR(factor[i], want[i], 16 * 0x1p-24 * condition * norm) << i << " of " << n;
    }
  }
}

TEST(FactorGram, RefusesAMatrixThatIsNoSumOfSquares) {
  std::vector<float> gram = {1, 2, 2, 1};
  EXPECT_THROW(factor_gram({gram.data(), 2, 2}), Error);
}

TEST(TernaryFit, FollowsTheReferenceOnDesignedRows) {
  constexpr int64_t kGroup = 24;  // rows of 64 weights end in a group of 16
  for (const NamedRule& named : {NamedRule{"absmean", {}}, NamedRule{"absmax", {.scale = "absmax"}},
                                 NamedRule{"least squares", {.level = "least-squares"}}}) {
    const GroupRule rule(named.options);
    for (const auto& [name, row] : designed_groups()) {
      const int64_t n = std::ssize(row);
      std::vector<float> w = row, gram = neighbours_gram(n);
      const ref::FittedRow want = ref::fit_row(
          {row.begin(), row.end()}, ref::upper_factor({gram.begin(), gram.end()}, n), kGroup, rule);
      // Far above float's rounding: no code hangs on it.
      ASSERT_GT(want.margin, 1e-4) << name << " by " << named.name;
      factor_gram({gram.data(), n, n});
      const PackedTernary got =
          fit_ternary({w.data(), 1, n}, {gram.data(), n, n}, Grouping{kGroup}, rule);
      for (int64_t i = 0; i < n; ++i) {
        EXPECT_EQ(got.code(0, i), want.codes[i])
            << name << " by " << named.name << ", weight " << i;
        EXPECT_EQ(got.scale(0, i), want.scales[i / kGroup])
            << name << " by " << named.name << ", weight " << i;
      }
    }
  }
}

TEST(TernaryFit, AShareOfZerosTooSmallForOneMakesNone) {
  std::vector<float> w = random_weights(), gram = gram_of(correlated_inputs());
  const PackedTernary chosen = fit(w, gram, Grouping{32}, GroupRule({.zeros = 0.0001}));
  EXPECT_EQ(count_codes(chosen).zero, 0);
}

TEST(TernaryFit, TheRuleFindsTheChosenCodesAndScalesInTheLatentWeights) {
  const std::vector<float> inputs_gram = gram_of(correlated_inputs());
  for (const NamedRule& named : kRules) {
    for (const char* group : kGroups) {
      const GroupRule rule(named.options);
      const Grouping grouping = Grouping::parse(group);
      std::vector<float> w = random_weights(), gram = inputs_gram;
      const PackedTernary chosen = fit(w, gram, grouping, rule);
      const PackedTernary found = rounded(w, grouping, rule);
      EXPECT_EQ(flip_rate(chosen, found), 0) << named.name << ", group " << group;
      for (size_t i = 0; i < chosen.scales.size(); ++i) {
        const auto scale = static_cast<float>(chosen.scales[i]);
        EXPECT_NEAR(static_cast<float>(found.scales[i]), scale, 0.001 * scale)
            << named.name << ", group " << group;
      }
    }
  }
}

TEST(TernaryFit, ChangesTheOutputsLessThanPlainRounding) {
  const std::vector<float> x = correlated_inputs(), w = random_weights(), inputs_gram = gram_of(x);
  for (const NamedRule& named : kRules) {
    for (const char* group : kGroups) {
      const GroupRule rule(named.options);
      const Grouping grouping = Grouping::parse(group);
      std::vector<float> fitted = w, gram = inputs_gram;
      fit(fitted, gram, grouping, rule);
      const double plain = output_error(rounded(w, grouping, rule), w, x);
      EXPECT_LT(output_error(rounded(fitted, grouping, rule), w, x), 0.6 * plain)
          << named.name << ", group " << group;
    }
  }
}

TEST(TernaryFit, LatentWeightsStayNearWhereTheColumnsInFrontMovedThem) {
  // Most weights are only scaled: a start in which all are quantized would have forgotten them.
  std::vector<float> w = random_weights(), gram = gram_of(correlated_inputs());
  fit(w, gram, Grouping{32}, GroupRule({}));
  const PackedTernary found = rounded(w, Grouping{32}, GroupRule({}));
  int64_t quantized = 0;
  for (int64_t o = 0; o < kOutputs; ++o) {
    for (int64_t i = 0; i < kInputs; ++i) {
      const float target = found.scale(o, i) * static_cast<float>(found.code(o, i));
      quantized += std::abs(w[o * kInputs + i] - target) < 0.01f * found.scale(o, i) ? 1 : 0;
    }
  }
  EXPECT_LT(quantized, kOutputs * kInputs / 20);
}

TEST(TernaryFit, WhereTheMedianAllowsNoSuchCodesTheScaleStaysAndTheRuleChooses) {
  // The median of two is the smaller one, and half of that keeps both.
  std::vector<float> w = random_weights(), gram = gram_of(correlated_inputs());
  const GroupRule rule({.scale = "absmedian"});
  const PackedTernary chosen = fit(w, gram, Grouping{2}, rule);
  const PackedTernary found = rounded(w, Grouping{2}, rule);
  int64_t other = 0;
  for (int64_t o = 0; o < kOutputs; ++o) {
    for (int64_t i = 0; i < kInputs; i += 2) {
      const bool first = chosen.code(o, i) != 0, second = chosen.code(o, i + 1) != 0;
      if (!first && !second) continue;
      EXPECT_NEAR(found.scale(o, i), chosen.scale(o, i), 0.001f * chosen.scale(o, i));
      other += first != second ? 1 : 0;
    }
  }
  EXPECT_GT(other, 0);
}

TEST(TernaryFit, AGroupWhoseCodesAreAllZeroBecomesZero) {
  // The second weight makes up for the first, whose inputs are twice its own, and falls below the
  // limit as well: no mean leaves all weights of a group below half of it.
  std::vector<float> w = {-0.3f, 1.0f}, gram = {4.0f, 2.0f, 2.0f, 1.1f};
  factor_gram({gram.data(), 2, 2});
  const PackedTernary chosen =
      fit_ternary({w.data(), 1, 2}, {gram.data(), 2, 2}, Grouping{2}, GroupRule({}));
  EXPECT_EQ(count_codes(chosen).zero, 2);
  EXPECT_THAT(w, testing::Each(0.0f));
}

TEST(TernaryFit, AGroupOfZerosStaysZero) {
  const std::vector<float> inputs_gram = gram_of(correlated_inputs());
  for (const NamedRule& named : kRules) {
    std::vector<float> w = random_weights(), gram = inputs_gram;
    std::fill_n(w.begin(), 32, 0.0f);  // the first of a row: nothing is in front of it
    fit(w, gram, Grouping{32}, GroupRule(named.options));
    for (int64_t i = 0; i < 32; ++i) EXPECT_EQ(w[i], 0) << named.name;
  }
}

TEST(TernaryFit, RefusesAPatternThatGoesOnFromRowToRow) {
  std::vector<float> w(4 * 6, 1.0f), factor(6 * 6, 1.0f);
  EXPECT_THROW(fit_ternary({w.data(), 4, 6}, {factor.data(), 6, 6}, Grouping::parse("tensor"),
                           GroupRule({.pattern = "3:4"})),
               Error);
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
