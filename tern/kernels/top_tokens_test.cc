#include "tern/kernels/top_tokens.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/top_tokens_ref.h"

namespace tern::kernels {
namespace {

/// What the kernel keeps of N rows.
struct Kept {
  std::vector<int32_t> ids;
  std::vector<f16> log_probabilities;
  std::vector<float> log_rest, log_gold;

  Kept(const std::vector<float>& logits, const std::vector<int32_t>& targets, int64_t k,
       const std::vector<float>& temperatures) {
    const auto N = static_cast<int64_t>(targets.size());
    const int64_t V = static_cast<int64_t>(logits.size()) / N;
    ids.resize(N * k);
    log_probabilities.resize(N * k);
    log_rest.resize(N * temperatures.size());
    log_gold.resize(N);
    top_tokens({logits.data(), N, V}, targets, k, temperatures,
               {ids.data(), log_probabilities.data(), log_rest.data(), log_gold.data()});
  }
};

TEST(TopTokens, KeepsWhatTheReferenceKeeps) {
  const std::vector<float> temperatures = {1, 2, 5};
  for (const auto& [V, k] : {std::pair<int64_t, int64_t>{1000, 32}, {17, 16}, {40, 1}, {33, 32}}) {
    const auto logits = random_normal(3 * V, 11, 3.0);
    const std::vector<int32_t> targets = {0, static_cast<int32_t>(V - 1), 5};
    const Kept got(logits, targets, k, temperatures);
    const auto exact = convert<double>(logits);
    for (int64_t n = 0; n < 3; ++n) {
      const auto want = ref::top_tokens(&exact[n * V], V, targets[n], k, temperatures);
      for (int64_t i = 0; i < k; ++i) {
        EXPECT_EQ(got.ids[n * k + i], want.ids[i]);
        // Half a unit in the last of eleven bits, and the float logarithm before it.
        const double l = want.log_probabilities[i];
        EXPECT_NEAR(static_cast<float>(got.log_probabilities[n * k + i]), l,
                    std::abs(l) * 0x1p-11 + 1e-5);
      }
      for (size_t t = 0; t < temperatures.size(); ++t) {
        EXPECT_NEAR(got.log_rest[n * temperatures.size() + t], want.log_rest[t], 1e-5);
      }
      EXPECT_NEAR(got.log_gold[n], want.log_gold, 1e-5);
    }
  }
}

TEST(TopTokens, OfEqualTokensTheFirstOnesAreKept) {
  const std::vector<float> flat(40, 2.5f);
  EXPECT_EQ(Kept(flat, {0}, 3, {1}).ids, (std::vector<int32_t>{0, 1, 2}));
  std::vector<float> tied = flat;
  tied[30] = tied[20] = tied[39] = 7;
  EXPECT_EQ(Kept(tied, {0}, 4, {1}).ids, (std::vector<int32_t>{20, 30, 39, 0}));
}

TEST(TopTokens, NothingIsLeftWhenAllTokensAreKept) {
  EXPECT_EQ(Kept({1, 3, 2}, {0}, 3, {1}).log_rest[0], kLowestLog);
}

TEST(TopTokens, ATeacherThatIsSureLeavesNoInfinityBehind) {
  const Kept sure({0, 900, 0, 0}, {0}, 1, {1, 8});
  EXPECT_EQ(static_cast<float>(sure.log_probabilities[0]), 0);
  EXPECT_EQ(sure.log_rest[0], kLowestLog);
  EXPECT_EQ(sure.log_rest[1], kLowestLog);
  EXPECT_EQ(sure.log_gold[0], -900);
}

TEST(TopTokens, AnIgnoredTargetHasNoProbability) {
  EXPECT_EQ(Kept({1, 3, 2}, {-1}, 2, {1}).log_gold[0], 0);
}

}  // namespace
}  // namespace tern::kernels
