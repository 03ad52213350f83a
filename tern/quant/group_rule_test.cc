#include "tern/quant/group_rule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tern/base/error.h"
#include "tern/quant/absmax.h"
#include "tern/quant/absmean.h"
#include "tern/quant/group_rule_parts.h"
#include "tern/quant/group_rule_ref.h"
#include "tern/quant/packed.h"
#include "tern/quant/quant_test_util.h"

namespace tern {
namespace {

struct Quantized {
  std::vector<int8_t> codes;
  float scale = 0;
};

Quantized quantized(const GroupRuleOptions& options, const std::vector<float>& group) {
  Quantized out{std::vector<int8_t>(group.size(), 9)};
  out.scale =
      GroupRule(options)(group.data(), static_cast<int64_t>(group.size()), out.codes.data());
  return out;
}

/// Expects these codes, and this scale up to the rounding to float16 and of a sum in float32.
void expect_quantized(const Quantized& got, const std::vector<int8_t>& codes, double scale,
                      const std::string& name) {
  EXPECT_EQ(got.codes, codes) << name;
  EXPECT_NEAR(got.scale, scale, scale * (0x1p-11 + 0x1p-18)) << name;
}

TEST(GroupRule, WithItsDefaultsItIsAbsmeanBitForBit) {
  for (const auto& [name, group] : designed_groups()) {
    std::vector<int8_t> codes(group.size());
    const float scale = Absmean{}(group.data(), static_cast<int64_t>(group.size()), codes.data());
    const Quantized got = quantized({}, group);
    EXPECT_EQ(got.codes, codes) << name;
    EXPECT_EQ(got.scale, scale) << name;
  }
}

TEST(GroupRule, MultipliesTheStatisticByTheThreshold) {
  const std::pair<const char*, double (*)(const std::vector<float>&)> statistics[] = {
      {"absmean", ref::mean_magnitude},
      {"absmedian", ref::median_magnitude},
      {"absmax", ref::largest_magnitude}};
  for (const auto& [scale, statistic] : statistics) {
    for (const auto& [name, group] : designed_groups()) {
      const double stored = stored_scale(static_cast<float>(statistic(group)));
      for (const float threshold : {0.5f, 0.7f}) {
        expect_quantized(quantized({.scale = scale, .threshold = threshold}, group),
                         ref::codes_above(group, threshold * static_cast<float>(stored)), stored,
                         std::string(scale) + " of " + name);
      }
    }
  }
}

TEST(GroupRule, AWeightAtTheThresholdBecomesZeroAndTheNextOneDoesNot) {
  for (const float threshold : {0.3f, 0.4f, 0.5f, 0.6f, 0.7f}) {
    const float above = std::nextafter(threshold, 1.0f), large = 2 - threshold;  // a mean of 1
    const Quantized got = quantized({.threshold = threshold}, {threshold, -threshold, above, -above,
                                                               large, large, -large, large});
    EXPECT_EQ(got.codes, (std::vector<int8_t>{0, 0, 1, -1, 1, 1, -1, 1})) << threshold;
    EXPECT_EQ(got.scale, 1.0f) << threshold;
  }
}

TEST(GroupRule, TheMedianIsOneOfTheWeightsWhateverTheirNumberAndOrder) {
  for (int64_t n = 1; n < 70; ++n) {
    const auto group = normal_weights(n, static_cast<uint64_t>(n));
    EXPECT_EQ(quantized({.scale = "absmedian"}, group).scale,
              stored_scale(static_cast<float>(ref::median_magnitude(group))))
        << n;
  }
  const std::vector<float> spread = {1e-20f, -1e-10f, 3.0f, 1e10f, 2.0f};
  EXPECT_EQ(quantized({.scale = "absmedian"}, spread).scale, 2.0f);
}

/// Groups in which a guess of where a rank lies goes wrong.
std::vector<DesignedGroup> groups_hard_to_rank() {
  std::vector<float> equal = normal_weights(256, 11), sparse = equal, outliers = equal;
  for (float& w : equal) w = std::round(w * 100) / 100;
  for (size_t i = 0; i < sparse.size(); ++i) {
    if (i % 8 != 0) sparse[i] = 0;
    if (i % 64 == 0) outliers[i] *= 1e30f;
  }
  std::vector<float> infinite = outliers;
  infinite[7] = INFINITY;
  return {{"equal", equal}, {"sparse", sparse}, {"outliers", outliers}, {"infinite", infinite}};
}

TEST(GroupRule, RanksAreExactWhereGuessesGoWrong) {
  for (const auto& [name, group] : groups_hard_to_rank()) {
    EXPECT_EQ(quantized({.scale = "absmedian"}, group).scale,
              stored_scale(static_cast<float>(ref::median_magnitude(group))))
        << name;
    for (int64_t zeros = 1; zeros < 256; ++zeros) {
      EXPECT_EQ(
          quantized({.scale = "absmax", .zeros = static_cast<double>(zeros) / 256}, group).codes,
          ref::codes_with_zeros(group, zeros))
          << zeros << " zeros in " << name;
    }
  }
}

TEST(GroupRule, TheLeastSquaresLevelIsTheMeanOfTheLive) {
  for (const auto& [name, group] : designed_groups()) {
    const Quantized twn = quantized({.threshold = 0.7f, .level = "least-squares"}, group);
    const float limit = 0.7f * stored_scale(static_cast<float>(ref::mean_magnitude(group)));
    const auto codes = ref::codes_above(group, limit);
    expect_quantized(twn, codes, ref::mean_of_live(group, codes), name);
  }
}

TEST(GroupRule, NoThresholdHasALowerErrorThanLloydMaxOnNormalWeights) {
  for (uint64_t seed = 1; seed < 20; ++seed) {
    const auto group = normal_weights(64, seed);
    const Quantized got = quantized({.threshold = 0.75f, .level = "lloyd-max"}, group);
    double best = INFINITY;
    for (int64_t zeros = 0; zeros < 64; ++zeros) {
      const auto codes = ref::codes_with_zeros(group, zeros);
      best = std::min(best, ref::squared_error(group, codes, ref::mean_of_live(group, codes)));
    }
    // A fixed point need not be the best of all; on 64 normal weights it is within a few percent.
    EXPECT_LT(ref::squared_error(group, got.codes, got.scale), 1.05 * best) << seed;
  }
}

TEST(GroupRule, LloydMaxEqualsTheScalarReference) {
  for (const auto& [name, group] : designed_groups()) {
    for (const float threshold : {0.5f, 0.7f, 1.2f}) {
      const float limit = threshold * stored_scale(static_cast<float>(ref::mean_magnitude(group)));
      std::vector<int8_t> codes = ref::codes_above(group, limit);
      const double level = ref::lloyd_max(group, codes);
      const Quantized got = quantized({.threshold = threshold, .level = "lloyd-max"}, group);
      expect_quantized(got, codes, level, name);
    }
  }
}

TEST(GroupRule, LloydMaxEndsWhereLevelAndThresholdFitEachOther) {
  for (const auto& [name, group] : designed_groups()) {
    const Quantized got = quantized({.level = "lloyd-max"}, group);
    expect_quantized(got, got.codes, ref::mean_of_live(group, got.codes), name);
    const double half = ref::mean_of_live(group, got.codes) / 2;
    EXPECT_EQ(got.codes, ref::codes_above(group, half)) << name;
  }
}

TEST(GroupRule, LloydMaxOnManyNormalWeightsFindsTheKnownOptimum) {
  const auto group = normal_weights(1 << 16, 3, 1.0);
  const Quantized got = quantized({.level = "lloyd-max"}, group);
  EXPECT_NEAR(got.scale, 1.224, 0.01);  // of a unit normal (Max 1960)
  EXPECT_NEAR(std::count(got.codes.begin(), got.codes.end(), 0) / 65536.0, 0.459, 0.01);
}

TEST(GroupRule, ExactlyTheAskedForShareIsZero) {
  for (const auto& [name, group] : designed_groups()) {
    for (const double share : {0.1, 0.328, 0.5, 0.9}) {
      // One weight at least stays.
      const auto zeros = std::min<int64_t>(std::llround(share * static_cast<double>(group.size())),
                                           std::ssize(group) - 1);
      const auto codes = ref::codes_with_zeros(group, zeros);
      expect_quantized(quantized({.level = "least-squares", .zeros = share}, group), codes,
                       ref::mean_of_live(group, codes), name);
    }
  }
  for (int64_t n = 2; n < 70; ++n) {
    const auto group = normal_weights(n, static_cast<uint64_t>(n));
    EXPECT_EQ(quantized({.zeros = 0.5}, group).codes,
              ref::codes_with_zeros(group, std::llround(0.5 * static_cast<double>(n))));
  }
}

TEST(GroupRule, OfEqualWeightsTheFirstBecomeZero) {
  const std::vector<float> group = {2, -1, 1, -1, 1, 3};
  EXPECT_EQ(quantized({.zeros = 0.5}, group).codes, (std::vector<int8_t>{1, 0, 0, 0, 1, 1}));
}

TEST(GroupRule, ThreeOfFourZeroesTheSmallestOfEachFour) {
  std::vector<DesignedGroup> groups = designed_groups();
  groups.push_back({"a short last four", {1, 2, 3, 4, -1, -2}});
  groups.push_back({"the last is smallest", {4, 3, 2, 1, 2, -1, 3, 4, 1, 1, 1, 1}});
  for (const auto& [name, group] : groups) {
    const auto codes = ref::three_of_four(group);
    expect_quantized(quantized({.level = "least-squares", .pattern = "3:4"}, group), codes,
                     ref::mean_of_live(group, codes), name);
  }
}

TEST(GroupRule, SaysOfHowManyWeightsItCountsTheZeros) {
  const auto counted = [](const GroupRuleOptions& options) {
    return GroupRule(options).counted_weights();
  };
  EXPECT_EQ(counted({}), 0);
  EXPECT_EQ(counted({.scale = "absmedian", .threshold = 0.7f, .level = "lloyd-max"}), 0);
  EXPECT_EQ(counted({.pattern = "3:4"}), 4);
  EXPECT_EQ(counted({.zeros = 0.5}), GroupRule::kWholeGroup);
  EXPECT_EQ(counted({.zeros = 0.0001}), GroupRule::kWholeGroup);  // none of most groups
}

TEST(GroupRule, AGroupOfZerosHasScaleAndCodesZeroUnderEveryRule) {
  const std::vector<float> zeros(64, 0.0f), none(64, 0.0f);
  const std::vector<int8_t> codes(64, 0);
  for (const std::string& scale : group_scales().values()) {
    for (const std::string& level : group_levels().values()) {
      expect_quantized(quantized({.scale = scale, .level = level}, zeros), codes, 0, scale + level);
    }
  }
  expect_quantized(quantized({.zeros = 0.3}, zeros), codes, 0, "zeros");
  expect_quantized(quantized({.pattern = "3:4"}, zeros), codes, 0, "3:4");
}

TEST(GroupRule, ANotANumberGetsCodeZeroAndShowsInTheScale) {
  std::vector<float> group = normal_weights(64, 4);
  group[5] = NAN;
  const auto expect_visible = [&](const GroupRuleOptions& options) {
    const Quantized got = quantized(options, group);
    EXPECT_EQ(got.codes, std::vector<int8_t>(64, 0)) << options.scale << options.level;
    EXPECT_TRUE(std::isnan(got.scale)) << options.scale << options.level;
  };
  for (const std::string& scale : group_scales().values()) {
    for (const std::string& level : group_levels().values()) {
      expect_visible({.scale = scale, .level = level});
    }
    expect_visible({.scale = scale, .zeros = 0.3});
  }
  expect_visible({.level = "least-squares", .zeros = 0.3});

  const Quantized patterned = quantized({.pattern = "3:4"}, group);
  EXPECT_EQ(patterned.codes[5], 0);
  EXPECT_TRUE(std::isnan(patterned.scale));
}

TEST(StochasticRounding, KeepsTheMeanOfTheClippedWeight) {
  const std::vector<float> group = {0.0f, 0.1f, -0.25f, 0.5f, -0.9f, 1.0f};
  const GroupRule rule({.scale = "absmax", .rounding = "stochastic"});
  std::vector<double> sum(group.size(), 0.0);
  constexpr int kDraws = 20000;
  for (uint64_t step = 0; step < kDraws; ++step) {
    std::vector<int8_t> codes(group.size());
    const float scale = rule.at(step)(group.data(), 6, /*group=*/3, codes.data());
    for (size_t i = 0; i < group.size(); ++i) sum[i] += scale * codes[i];
  }
  // The deviation of a mean of draws is at most 1/2 over their root; five of them.
  for (size_t i = 0; i < group.size(); ++i) {
    EXPECT_NEAR(sum[i] / kDraws, group[i], 2.5 / std::sqrt(kDraws)) << i;
  }
}

/// Expects what no draw can change: 0 stays 0, a weight of at least the scale becomes its sign, and
/// no weight becomes the other sign.
void expect_what_is_certain(const float* w, int64_t n, float scale, const int8_t* codes,
                            const std::string& name) {
  for (int64_t i = 0; i < n; ++i) {
    const int sign = ref::sign(w[i]);
    if (std::abs(w[i]) >= scale) {
      EXPECT_EQ(codes[i], scale > 0 ? sign : 0) << name << ", weight " << i;
    } else {
      EXPECT_TRUE(codes[i] == 0 || codes[i] == sign) << name << ", weight " << i;
    }
  }
}

TEST(StochasticRounding, DrawsNothingThatIsCertain) {
  for (const std::string& scale : group_scales().values()) {
    const GroupRule rule({.scale = scale, .rounding = "stochastic"});
    for (const auto& [name, group] : designed_groups()) {
      const auto n = static_cast<int64_t>(group.size());
      for (uint64_t key = 0; key < 100; ++key) {
        std::vector<int8_t> codes(group.size(), 9);
        const float stored = rule.at(key)(group.data(), n, /*group=*/0, codes.data());
        EXPECT_EQ(stored, quantized({.scale = scale}, group).scale) << name;
        expect_what_is_certain(group.data(), n, stored, codes.data(), scale + " of " + name);
      }
    }
  }
}

TEST(StochasticRounding, DrawsNothingThatIsCertainInAShortLastGroup) {
  auto w = normal_weights(2 * 70, 8);
  w[68] = 0;
  w[69] = 1;
  const GroupRule rule({.rounding = "stochastic"});
  for (uint64_t key = 0; key < 100; ++key) {
    for_each_group(w.data(), 2, 70, Grouping{64}, rule.at(key),
                   [&](const GroupPlace& at, const int8_t* codes, float scale) {
                     expect_what_is_certain(w.data() + at.first, at.n, scale, codes, "matrix");
                   });
  }
}

TEST(StochasticRounding, DependsOnTheKeyAndTheGroupAndRepeats) {
  const auto group = normal_weights(64, 5);
  const GroupRule rule({.rounding = "stochastic"});
  const auto draw = [&](uint64_t key, int64_t index) {
    std::vector<int8_t> codes(64);
    rule.at(key)(group.data(), 64, index, codes.data());
    return codes;
  };
  EXPECT_EQ(draw(1, 2), draw(1, 2));
  EXPECT_NE(draw(1, 2), draw(2, 2));
  EXPECT_NE(draw(1, 2), draw(1, 3));
}

TEST(StochasticRounding, PackingTakesTheNearest) {
  const auto w = normal_weights(4 * 64, 6);
  const auto pack = [&](const GroupRuleOptions& options) {
    return quantize_and_pack(w.data(), 4, 64, Grouping{}, GroupRule(options)).codes;
  };
  EXPECT_EQ(pack({.rounding = "stochastic"}), pack({}));
}

TEST(GroupRule, WhereZerosAreChosenTheThresholdIsIgnored) {
  const std::vector<float> group = normal_weights(64, 9);
  for (const GroupRuleOptions& chosen :
       {GroupRuleOptions{.zeros = 0.25}, GroupRuleOptions{.pattern = "3:4"}}) {
    GroupRuleOptions other = chosen;
    other.threshold = 0.7f;
    EXPECT_EQ(quantized(other, group).codes, quantized(chosen, group).codes);
  }
}

TEST(GroupRule, RefusesCombinationsThatMakeNoSense) {
  const std::pair<GroupRuleOptions, const char*> cases[] = {
      {{.scale = "absmode"}, "--scale must be one of absmax, absmean, absmedian; found absmode"},
      {{.threshold = 0}, "--threshold must lie between 0 and 3, found 0"},
      {{.zeros = 1}, "--zeros must be at least 0 and below 1, found 1"},
      {{.zeros = 0.3, .pattern = "3:4"},
       "--zeros 0.3 and --pattern 3:4 both say which weights are zero; set one of them"},
      {{.level = "lloyd-max", .pattern = "3:4"},
       "--pattern chooses the zeros and --level lloyd-max chooses them too; use --level "
       "least-squares"},
      {{.pattern = "3:4", .rounding = "stochastic"},
       "--rounding stochastic chooses the zeros, and so does --pattern; set one of them"},
      {{.level = "lloyd-max", .rounding = "stochastic"},
       "--rounding stochastic keeps the mean of a weight only with --level scale, found "
       "lloyd-max"},
      {{.threshold = 0.7f, .rounding = "stochastic"},
       "--rounding stochastic trains without a threshold: leave --threshold at 0.5, with which "
       "packing rounds to the nearest, found 0.7"}};
  for (const auto& [options, sentence] : cases) {
    try {
      GroupRule rule(options);
      ADD_FAILURE() << "no error, expected: " << sentence;
    } catch (const Error& e) {
      EXPECT_STREQ(e.what(), sentence);
    }
  }
}

}  // namespace
}  // namespace tern
