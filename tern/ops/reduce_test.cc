#include "tern/ops/reduce.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(ReduceOps, SumAndAverageOverEachRange) {
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 9}, {2, 3});
  EXPECT_EQ(to_doubles(sum(x)), (std::vector<double>{24}));
  EXPECT_EQ(to_doubles(mean(x)), (std::vector<double>{4}));
  EXPECT_EQ(to_doubles(sum_last(x)), (std::vector<double>{6, 18}));
  EXPECT_EQ(to_doubles(mean_last(x)), (std::vector<double>{2, 6}));
  EXPECT_EQ(to_doubles(sum_rows(x)), (std::vector<double>{5, 7, 12}));
  EXPECT_EQ(to_doubles(mean_rows(x)), (std::vector<double>{2.5, 3.5, 6}));
}

TEST(ReduceOps, ResultsBroadcastOverTheirInputAgain) {
  const Tensor x = Tensor::zeros({2, 3, 4});
  EXPECT_EQ(sum(x).shape(), (Shape{1}));
  EXPECT_EQ(sum_last(x).shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(sum_rows(x).shape(), (Shape{4}));
}

TEST(ReduceOps, GradientsMatchCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 4}, 1);
  for (const auto op : {sum, mean, sum_last, mean_last, sum_rows, mean_rows}) {
    expect_gradients_match_differences({x}, [&] { return op(x); });
  }
}

TEST(ReduceOps, RefuseOtherTypesAndTheMeanOfNothing) {
  EXPECT_THROW(sum(Tensor::zeros({2}, DType::bf16)), Error);
  EXPECT_THROW(mean(Tensor::zeros({0})), Error);
}

}  // namespace
}  // namespace tern
