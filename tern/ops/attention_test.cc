#include "tern/ops/attention.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(AttentionOp, GradientMatchesCentralDifferences) {
  const Tensor q = random_leaf({2, 3, 4, 2}, 1);
  const Tensor k = random_leaf({2, 3, 2, 2}, 2), v = random_leaf({2, 3, 2, 2}, 3);
  expect_gradients_match_differences({q, k, v}, [&] { return attention(q, k, v); });
}

TEST(AttentionOp, TheFirstPositionSeesItselfAlone) {
  const Tensor q = random_leaf({1, 2, 2, 4}, 1);
  const Tensor k = random_leaf({1, 2, 1, 4}, 2), v = random_leaf({1, 2, 1, 4}, 3);
  const Tensor y = attention(q, k, v);
  for (int64_t i = 0; i < 8; ++i) {
    EXPECT_FLOAT_EQ(y.values<float>()[i], v.values<float>()[i % 4]);
  }
}

TEST(AttentionOp, RefusesHeadsThatDoNotShareEvenly) {
  const Tensor q = random_leaf({1, 2, 3, 4}, 1), k = random_leaf({1, 2, 2, 4}, 2);
  EXPECT_THROW(attention(q, k, k), Error);
}

TEST(AttentionOp, RefusesKeysOfAnotherLengthOrType) {
  const Tensor q = random_leaf({1, 2, 2, 4}, 1), k = random_leaf({1, 3, 2, 4}, 2);
  EXPECT_THROW(attention(q, k, k), Error);
  const Tensor rounded = Tensor::zeros({1, 2, 2, 4}, DType::bf16);
  EXPECT_THROW(attention(q, rounded, rounded), Error);
}

}  // namespace
}  // namespace tern
