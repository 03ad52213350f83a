#include "tern/ops/binary.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"
#include "tern/ops/operators.h"

namespace tern {
namespace {

/// A random leaf away from zero, where a quotient has a gradient that differences can follow.
Tensor leaf_above_one(Shape shape, uint64_t seed) {
  const Tensor x = random_leaf(std::move(shape), seed);
  for (float& value : x.values<float>()) value = 1 + std::abs(value);
  return x;
}

TEST(BinaryOps, GradientsMatchCentralDifferencesForEveryBroadcast) {
  const Tensor a = leaf_above_one({2, 3, 4}, 1);
  for (const Shape& shape : {Shape{2, 3, 4}, Shape{1}, Shape{4}, Shape{2, 3, 1}}) {
    SCOPED_TRACE(to_string(shape));
    const Tensor b = leaf_above_one(shape, 2);
    for (auto* op : {static_cast<Tensor (*)(const Tensor&, const Tensor&)>(add), sub, mul, div}) {
      expect_gradients_match_differences({a, b}, [&] { return op(a, b); });
      expect_gradients_match_differences({a, b}, [&] { return op(b, a); });
    }
  }
}

TEST(BinaryOps, ComputeTheirFunctions) {
  const Tensor a = Tensor::from(std::vector<float>{1, 6, -3, 8}, {2, 2});
  const Tensor b = Tensor::from(std::vector<float>{2, 4}, {2});
  EXPECT_EQ(to_doubles(add(a, b)), (std::vector<double>{3, 10, -1, 12}));
  EXPECT_EQ(to_doubles(sub(a, b)), (std::vector<double>{-1, 2, -5, 4}));
  EXPECT_EQ(to_doubles(sub(b, a)), (std::vector<double>{1, -2, 5, -4}));
  EXPECT_EQ(to_doubles(mul(a, b)), (std::vector<double>{2, 24, -6, 32}));
  EXPECT_EQ(to_doubles(div(a, b)), (std::vector<double>{0.5, 1.5, -1.5, 2}));
  EXPECT_EQ(to_doubles(maximum(a, b)), (std::vector<double>{2, 6, 2, 8}));
}

TEST(BinaryOps, AColumnMeetsEveryColumn) {
  const Tensor a = Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2});
  const Tensor column = Tensor::from(std::vector<float>{10, 20}, {2, 1});
  EXPECT_EQ(to_doubles(add(a, column)), (std::vector<double>{11, 12, 23, 24}));
}

TEST(BinaryOps, MaximumSendsTheGradientToTheLargerAndATieToTheFirst) {
  const Tensor a = Tensor::from(std::vector<float>{1, 5, 2}, {3});
  const Tensor b = Tensor::from(std::vector<float>{3, 4, 2}, {3});
  a.set_requires_grad(true), b.set_requires_grad(true);
  Tape tape;
  tape.backward(weighted_sum(maximum(a, b)));
  const std::vector<double> da = to_doubles(gradient(a)), db = to_doubles(gradient(b));
  const std::vector<bool> goes_to_a{false, true, true};
  for (size_t i = 0; i < goes_to_a.size(); ++i) {
    EXPECT_EQ(da[i] != 0, goes_to_a[i]) << i;
    EXPECT_EQ(db[i] != 0, !goes_to_a[i]) << i;
  }
}

TEST(BinaryOps, MaximumKeepsNotANumberFromEitherSide) {
  const Tensor one = Tensor::scalar(1), nan = Tensor::scalar(NAN);
  EXPECT_TRUE(std::isnan(maximum(one, nan).item()));
  EXPECT_TRUE(std::isnan(maximum(nan, one).item()));
}

TEST(BinaryOps, OneTensorOnBothSidesCollectsBothGradients) {
  const Tensor x = leaf_above_one({3, 4}, 1);
  expect_gradients_match_differences({x}, [&] { return mul(x, x); });
}

TEST(BinaryOps, OperatorsWriteAFormula) {
  const Tensor x = leaf_above_one({2, 3}, 1), row = leaf_above_one({3}, 2);
  expect_gradients_match_differences(
      {x, row}, [&] { return (2.0f * x + row - 1.0f) / (3.0f - (-x) * 0.5f) + 1.0f / x; });
}

TEST(BinaryOps, RefuseShapesAndTypesThatDoNotFit) {
  EXPECT_THROW(add(Tensor::zeros({2, 3}), Tensor::zeros({2})), Error);
  EXPECT_THROW(add(Tensor::zeros({2, 3}), Tensor::zeros({3, 2})), Error);
  EXPECT_THROW(add(Tensor::zeros({2, 1}), Tensor::zeros({3})), Error);
  EXPECT_THROW(mul(Tensor::zeros({2}), Tensor::zeros({2}, DType::bf16)), Error);
}

}  // namespace
}  // namespace tern
