#include "tern/model/dead_bias.h"

#include <gtest/gtest.h>

#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

constexpr const char* kName = "layer.weight";

/// Weights whose codes stay what they are.
struct FixedCodes : TernaryWeight {
  Tensor all = Tensor::empty({2, 3}, DType::i8);

  Tensor effective(DType) const override { return {}; }
  Tensor codes() const override { return all; }
  PackedTernary pack() const override { return {}; }
};

/// Two rows of weights, of which the second and the third are dead.
struct Layer {
  Parameters parameters;
  FixedCodes codes;

  Layer() {
    parameters.allocate({{kName, {2, 3}}});
    const std::vector<float> w = {2, 0.5f, 0.25f, -2, 0.5f, -0.25f};
    std::ranges::copy(w, parameters.at(kName).data<float>());
    const std::vector<int8_t> c = {1, 0, 0, -1, 0, 0};
    std::ranges::copy(c, codes.all.data<int8_t>());
  }
  std::unique_ptr<DeadBias> make(const char* kind, float scale = 0.5f) {
    return dead_biases().at(kind)(parameters, kName, scale);
  }
};

TEST(DeadBias, NoneMakesNothing) {
  Layer layer;
  EXPECT_EQ(layer.make("none"), nullptr);
  EXPECT_EQ(layer.parameters.all().size(), 1u);
}

TEST(DeadBias, TequilaScalesTheSumOfDeadWeights) {
  Layer layer;
  EXPECT_EQ(to_doubles(layer.make("tequila")->bias(layer.codes)),
            (std::vector<double>{0.375, 0.125}));
}

/// Plain gradient descent on (bias - target)^2 / 2, summed.
double error_after_learning(DeadBias& bias, const Layer& layer, const Tensor& learned) {
  const std::vector<double> target = {0.75, -0.5};
  double error = 0;
  for (int step = 0; step < 200; ++step) {
    Tape tape;
    const Tensor b = bias.bias(layer.codes);
    const Tensor loss = Tensor::scalar(0);
    record("squared", loss, {b}, [=] {
      for (int64_t o = 0; o < 2; ++o) {
        gradient(b).data<float>()[o] += b.data<float>()[o] - static_cast<float>(target[o]);
      }
    });
    tape.backward(loss);
    error = 0;
    for (int64_t o = 0; o < 2; ++o) error += std::pow(b.data<float>()[o] - target[o], 2);
    for (int64_t i = 0; i < learned.size(); ++i) {
      learned.data<float>()[i] -= 0.5f * gradient(learned).data<float>()[i];
      gradient(learned).data<float>()[i] = 0;
    }
  }
  return error;
}

/// Their gradient is the scale times that of the bias, so the dead weights become what the output
/// lacks; the live ones have no part in it.
TEST(DeadBias, UnderAFixedScaleTheDeadWeightsThemselvesLearnAndHelp) {
  Layer layer;
  const auto bias = layer.make("tequila");
  const Tensor weight = layer.parameters.at(kName);
  EXPECT_LT(error_after_learning(*bias, layer, weight), 1e-5);  // 0.53 without
  const std::vector<double> w = to_doubles(weight);
  EXPECT_NEAR(w[1] + w[2], 0.75 / 0.5, 1e-2);
  EXPECT_NEAR(w[4] + w[5], -0.5 / 0.5, 1e-2);
  EXPECT_EQ(w[0], 2);
  EXPECT_EQ(w[3], -2);
}

TEST(DeadBias, ALearnedScaleMovesAndHelps) {
  Layer layer;
  const auto bias = layer.make("tequila-learned");
  const Tensor scale = layer.parameters.at(std::string(kName) + ".learned_dead_scale");
  EXPECT_LT(error_after_learning(*bias, layer, scale), 1e-5);  // 0.15 without learning
  // 0.75 and -0.5 over sums of 0.75 and 0.25.
  EXPECT_NEAR(scale.data<float>()[0], 1, 1e-3);
  EXPECT_NEAR(scale.data<float>()[1], -2, 1e-2);
}

TEST(DeadBias, AnInjectedBiasIsLearnedFromNothing) {
  Layer layer;
  const auto bias = layer.make("injected");
  EXPECT_EQ(to_doubles(bias->bias(layer.codes)), (std::vector<double>{0, 0}));
  const Tensor learned = layer.parameters.at(std::string(kName) + ".learned_bias");
  EXPECT_LT(error_after_learning(*bias, layer, learned), 1e-6);
}

}  // namespace
}  // namespace tern
