#include "tern/model/sub_norm.h"

#include <gtest/gtest.h>

#include "tern/autograd/tape.h"
#include "tern/model/model_test_util.h"
#include "tern/ops/mse_loss.h"

namespace tern {
namespace {

/// A dense layer behind its norm.
class NormedLinear : public LinearLayer {
 public:
  NormedLinear(Tensor weight, Tensor gain) : dense_(std::move(weight)), gain_(std::move(gain)) {}
  Tensor forward(const Tensor& x) override { return dense_.forward(prepare_input(x, {}, gain_)); }

 private:
  DenseLinear dense_;
  Tensor gain_;
};

TEST(SubNorm, StandsBeforeTheOutputAndDownProjections) {
  Llama model = random_model(tiny_config());
  const std::vector<int32_t> ids{1, 2, 3, 4, 5, 6};
  const int64_t before = model.parameters().count();
  add_sub_norms(model, ids, 2);
  EXPECT_EQ(model.parameters().count(), before + 2 * (24 + 40));
  for (const Llama::Linear& linear : model.linears()) {
    const bool has = linear.name.find("o_proj") != linear.name.npos ||
                     linear.name.find("down_proj") != linear.name.npos;
    const Tensor gain = sub_norm_gain(model, linear);
    ASSERT_EQ(gain.defined(), has) << linear.name;
    if (!has) continue;
    EXPECT_EQ(gain.size(), linear.I);
  }
}

/// Where all tokens are of one size, the norm and its first gain cancel.
TEST(SubNorm, FirstLeavesInputsAtTheSizeThatTheModelKnows) {
  Llama model = random_model(tiny_config());
  const std::vector<int32_t> same(6, 3);  // so all tokens of all layers are alike
  const std::vector<float> before = numbers(model.hidden(same, 2));
  add_sub_norms(model, same, 2);
  model.replace_linears([&](const Llama::Linear& linear) {
    return std::make_unique<NormedLinear>(model.parameters().at(linear.name),
                                          sub_norm_gain(model, linear));
  });
  const std::vector<float> after = numbers(model.hidden(same, 2));
  for (size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i], before[i], 1e-3f) << i;
}

TEST(SubNorm, OfAModelForInferenceHasNoGradient) {
  Llama model(tiny_config(), {.trainable = false});
  const std::vector<int32_t> ids{1, 2, 3};
  add_sub_norms(model, ids, 1);
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
