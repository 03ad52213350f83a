#include "tern/ops/cast.h"

#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(CastOp, RoundsForwardAndReturnsTheGradientInTheOldType) {
  const Tensor x = random_leaf({3, 5}, 1);
  Tape tape;
  const Tensor y = cast(x, DType::bf16);
  EXPECT_EQ(static_cast<float>(y.values<bf16>()[2]),
            static_cast<float>(bf16(x.values<float>()[2])));
  const Tensor back = cast(y, DType::f32);
  tape.backward(weighted_sum(back));
  EXPECT_EQ(gradient(x).dtype(), DType::f32);
  EXPECT_NE(gradient(x).values<float>()[2], 0.0f);
}

TEST(CastOp, TheSameTypeIsTheSameTensor) {
  const Tensor x = random_leaf({3}, 1);
  EXPECT_TRUE(cast(x, DType::f32).same_as(x));
  EXPECT_TRUE(weight_as(x, DType::f32).same_as(x));
}

TEST(CastOp, AWeightCopySharesTheGradientOfTheWeight) {
  const Tensor w = random_leaf({4, 4}, 1);
  const Tape tape;
  const Tensor copy = weight_as(w, DType::bf16);
  EXPECT_TRUE(copy.gradient_slot().same_as(w.gradient_slot()));
}

TEST(CastOp, AWeightAsAFileHoldsItHasRoundedValuesAndTheGradientOfTheWeight) {
  const Tensor w = random_leaf({3, 4}, 1);
  Tape tape;
  const Tensor rounded = weight_as(w, DType::bf16, DType::f32);
  EXPECT_EQ(rounded.dtype(), DType::f32);
  EXPECT_EQ(to_doubles(rounded), to_doubles(cast(w, DType::bf16)));
  EXPECT_NE(to_doubles(rounded), to_doubles(w));
  tape.backward(weighted_sum(rounded));
  EXPECT_EQ(to_doubles(gradient(w)), to_doubles(gradient(rounded)));
}

}  // namespace
}  // namespace tern
