#include "tern/ops/rope.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

std::shared_ptr<const kernels::RopeTable> table_of(int64_t length, int64_t D) {
  return std::make_shared<kernels::RopeTable>(
      kernels::make_rope_table(length, kernels::rope_frequencies(D, 100)));
}

TEST(RopeOp, GradientMatchesCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 2, 4}, 1);
  const auto table = table_of(5, 4);
  expect_gradients_match_differences({x}, [&] { return rope(x, table, 2); });
}

TEST(RopeOp, LeavesTheFirstPositionAsItIs) {
  const Tensor x = random_leaf({2, 1, 3, 4}, 2);
  EXPECT_EQ(to_doubles(rope(x, table_of(1, 4))), to_doubles(x));
}

TEST(RopeOp, RefusesATableTooShortOrOfAnotherWidth) {
  const Tensor x = random_leaf({1, 5, 2, 4}, 3);
  EXPECT_THROW(rope(x, table_of(4, 4)), Error);
  EXPECT_THROW(rope(x, table_of(6, 4), 2), Error);
  EXPECT_THROW(rope(x, table_of(5, 8)), Error);
  EXPECT_THROW(rope(x.reshaped({5, 2, 4}), table_of(5, 4)), Error);
}

}  // namespace
}  // namespace tern
