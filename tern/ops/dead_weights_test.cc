#include "tern/ops/dead_weights.h"

#include <gtest/gtest.h>

#include "tern/ops/fake_quantize.h"
#include "tern/ops/op_test_util.h"
#include "tern/quant/absmean.h"
#include "tern/quant/codes_test_util.h"

namespace tern {
namespace {

TEST(DeadWeightBias, HasTheGradientsOfItsFormula) {
  const Tensor w = random_leaf({3, 8}, 1), scale = random_leaf({3}, 2);
  const Tensor codes = absmean_codes(w, Grouping{4});  // held still: codes have no derivative
  expect_gradients_match_differences({w, scale}, [&] { return dead_weight_bias(w, codes, scale); });
}

TEST(DeadWeightBias, OneScaleServesAllRowsAndIsLearnedFromAll) {
  const Tensor w = random_leaf({3, 8}, 3), scale = random_leaf({1}, 4);
  const Tensor codes = absmean_codes(w, Grouping{4});
  expect_gradients_match_differences({w, scale}, [&] { return dead_weight_bias(w, codes, scale); });
}

TEST(DeadWeightBias, NothingDeadGivesNoBias) {
  const Tensor w = Tensor::from(std::vector<float>{1, -1, 1, -1}, {1, 4});
  EXPECT_EQ(dead_weight_bias(w, absmean_codes(w, Grouping{4}), Tensor::scalar(5)).item(), 0);
}

TEST(BoostDeadGradient, MultipliesTheGradientOfDeadWeightsAlone) {
  const Tensor w = random_leaf({2, 8}, 5);
  const Tensor codes = absmean_codes(w, Grouping{4});
  for (const DType dtype : {DType::f32, DType::bf16}) {
    const auto gradient_with = [&](float factor) {
      w.clear_gradient();
      Tape tape;
      const Tensor q = fake_quantize(w, Absmean{}, Grouping{4}, 1.0f, dtype);
      tape.backward(weighted_sum(boost_dead_gradient(q, codes, factor)));
      return to_doubles(gradient(w));
    };
    const std::vector<double> plain = gradient_with(1), boosted = gradient_with(4);
    for (size_t i = 0; i < plain.size(); ++i) {
      EXPECT_NE(plain[i], 0);
      EXPECT_EQ(boosted[i], plain[i] * (codes.data<int8_t>()[i] == 0 ? 4 : 1)) << i;
    }
  }
}

TEST(BoostDeadGradient, LeavesTheNumbersAlone) {
  const Tensor w = random_leaf({2, 8}, 6);
  EXPECT_EQ(boost_dead_gradient(w, absmean_codes(w, Grouping{4}), 4).raw(), w.raw());
}

}  // namespace
}  // namespace tern
