#include "tern/ops/fake_quantize.h"

#include "tern/ops/linear.h"
#include "tern/ops/op_test_util.h"
#include "tern/quant/absmean.h"

namespace tern {
namespace {

TEST(FakeQuantizeOp, PassesTheGradientStraightThroughToTheWeight) {
  const Tensor w = random_leaf({4, 70}, 1);
  Tape tape;
  const Tensor q = fake_quantize(w, Absmean{}, {64}, 1.0f, DType::f32);
  tape.backward(weighted_sum(q));
  const std::vector<double> through_quantizer = to_doubles(gradient(w));

  w.clear_gradient();
  const Tensor plain = random_leaf({4, 70}, 1);
  Tape plain_tape;
  plain_tape.backward(weighted_sum(plain));
  EXPECT_EQ(through_quantizer, to_doubles(gradient(plain)));
}

TEST(FakeQuantizeOp, AHalfPrecisionCopyCollectsItsGradientInFloat32) {
  const Tensor w = random_leaf({4, 64}, 1);
  Tensor x = Tensor::zeros({2, 64}, DType::bf16);
  for (bf16& value : x.values<bf16>()) value = bf16(1.0f);
  Tape tape;
  tape.backward(weighted_sum(linear(x, fake_quantize(w, Absmean{}, {64}, 1.0f, DType::bf16))));
  EXPECT_EQ(gradient(w).dtype(), DType::f32);
  EXPECT_NE(gradient(w).values<float>()[0], 0.0f);
}

TEST(FakeQuantizeOp, RefusesALambdaOutsideItsRange) {
  EXPECT_THROW(fake_quantize(random_leaf({4, 64}, 1), Absmean{}, {64}, 1.5f, DType::f32), Error);
}

}  // namespace
}  // namespace tern
