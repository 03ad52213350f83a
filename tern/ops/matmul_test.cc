#include "tern/ops/matmul.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

Shape shape_of(int64_t rows, int64_t cols, Use use) {
  return use == Use::plain ? Shape{rows, cols} : Shape{cols, rows};
}

TEST(MatmulOp, GradientsMatchCentralDifferencesForEveryTransposition) {
  for (const Use use_a : {Use::plain, Use::transposed}) {
    for (const Use use_b : {Use::plain, Use::transposed}) {
      const Tensor a = random_leaf(shape_of(2, 3, use_a), 1);
      const Tensor b = random_leaf(shape_of(3, 4, use_b), 2);
      expect_gradients_match_differences({a, b}, [&] { return matmul(a, b, use_a, use_b); });
    }
  }
}

TEST(MatmulOp, TransposesOnRequest) {
  const Tensor a = Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2});
  const Tensor b = Tensor::from(std::vector<float>{1, 0, 5, 1}, {2, 2});
  EXPECT_EQ(to_doubles(matmul(a, b)), (std::vector<double>{11, 2, 23, 4}));
  EXPECT_EQ(to_doubles(matmul(a, b, Use::transposed)), (std::vector<double>{16, 3, 22, 4}));
  EXPECT_EQ(to_doubles(matmul(a, b, Use::plain, Use::transposed)),
            (std::vector<double>{1, 7, 3, 19}));
}

TEST(MatmulOp, AMatrixUsedOnBothSidesCollectsBothGradients) {
  const Tensor a = random_leaf({3, 3}, 1);
  expect_gradients_match_differences({a},
                                     [&] { return matmul(a, a, Use::plain, Use::transposed); });
}

TEST(MatmulOp, GradientsKeepTheTypeOfTheirTensor) {
  const Tensor a = Tensor::zeros({2, 3}, DType::bf16), b = Tensor::zeros({3, 4}, DType::bf16);
  a.set_requires_grad(true), b.set_requires_grad(true);
  b.set_gradient_dtype(DType::f32);
  Tape tape;
  tape.backward(weighted_sum(matmul(a, b)));
  EXPECT_EQ(gradient(a).dtype(), DType::bf16);
  EXPECT_EQ(gradient(b).dtype(), DType::f32);
}

TEST(MatmulOp, RefusesShapesAndTypesThatDoNotFit) {
  EXPECT_THROW(matmul(Tensor::zeros({2, 3}), Tensor::zeros({2, 3})), Error);
  EXPECT_THROW(matmul(Tensor::zeros({2, 3, 1}), Tensor::zeros({3, 2})), Error);
  EXPECT_THROW(matmul(Tensor::zeros({2, 3}), Tensor::zeros({3, 2}, DType::bf16)), Error);
}

}  // namespace
}  // namespace tern
