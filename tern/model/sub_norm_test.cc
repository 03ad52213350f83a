#include "tern/model/sub_norm.h"

#include <gtest/gtest.h>

#include "tern/autograd/tape.h"
#include "tern/model/model_test_util.h"
#include "tern/ops/mse_loss.h"

namespace tern {
namespace {

TEST(SubNorm, StandsBeforeTheOutputAndDownProjections) {
  Llama model = random_model(tiny_config());
  const int64_t before = model.parameters().count();
  add_sub_norms(model);
  EXPECT_EQ(model.parameters().count(), before + 2 * (24 + 40));
  for (const Llama::Linear& linear : model.linears()) {
    const bool has = linear.name.find("o_proj") != linear.name.npos ||
                     linear.name.find("down_proj") != linear.name.npos;
    const Tensor gain = sub_norm_gain(model, linear);
    ASSERT_EQ(gain.defined(), has) << linear.name;
    if (!has) continue;
    EXPECT_EQ(numbers(gain), std::vector<float>(linear.I, 1.0f));
  }
}

TEST(SubNorm, OfAModelForInferenceHasNoGradient) {
  Llama model(tiny_config(), {.trainable = false});
  add_sub_norms(model);
  EXPECT_FALSE(sub_norm_gain(model, model.linears()[3]).requires_grad());
}

/// Inputs matter to different degrees, which ternary weights with one scale cannot say; the gain
/// can.
TEST(SubNorm, ItsGainLearnsWhichInputsMatter) {
  constexpr int64_t kTokens = 32, kInputs = 16, kOutputs = 8;
  Rng rng(1);
  const auto random = [&](Shape shape) {
    const Tensor x = Tensor::empty(std::move(shape), DType::f32);
    for (float& value : x.values<float>()) value = static_cast<float>(rng.normal());
    return x;
  };
  const Tensor x = random({kTokens, kInputs}), weight = random({kOutputs, kInputs});
  const Tensor wanted = Tensor::empty({kInputs}, DType::f32);
  for (int64_t i = 0; i < kInputs; ++i) wanted.values<float>()[i] = i < 8 ? 0.2f : 2.0f;
  const Grouping row{Grouping::kRow};
  const Tensor target = TestBitLinear(weight, row, 1, {}, wanted).forward(x);

  Tensor gain = Tensor::empty({kInputs}, DType::f32);
  std::fill_n(gain.data<float>(), kInputs, 1.0f);
  gain.set_requires_grad(true);
  TestBitLinear layer(weight, row, 1, {}, gain);
  float first = 0, last = 0;
  for (int step = 0; step < 200; ++step) {
    Tape tape;
    const Tensor loss = mse_loss(layer.forward(x), target);
    last = loss.item();
    if (step == 0) first = last;
    tape.backward(loss);
    for (int64_t i = 0; i < kInputs; ++i) {
      gain.values<float>()[i] -= 0.5f * gradient(gain).values<float>()[i];
    }
    gain.clear_gradient();
  }
  EXPECT_LT(last, 0.01f * first);
  EXPECT_NEAR(gain.values<float>()[0], 0.2f, 0.1f);
  EXPECT_NEAR(gain.values<float>()[12], 2.0f, 0.1f);
}

}  // namespace
}  // namespace tern
