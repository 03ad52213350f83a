#include "tern/optim/adamw.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/error.h"
#include "tern/optim/gradients.h"

namespace tern {
namespace {

Parameters one_matrix_and_one_gain() {
  Parameters parameters;
  parameters.allocate({{"matrix", {2, 2}}, {"gain", {2}}});
  for (const auto& [name, tensor] : parameters.all()) {
    for (float& w : tensor.values<float>()) w = 1.0f;
  }
  return parameters;
}

TEST(AdamW, TheFirstStepMovesEachWeightByTheLearningRateAgainstItsGradient) {
  const Parameters parameters = one_matrix_and_one_gain();
  const Tensor gain = parameters.at("gain");
  gain.gradient_slot().values<float>()[0] = 0.5f;
  gain.gradient_slot().values<float>()[1] = -3.0f;
  AdamW optimizer(parameters, {.weight_decay = 0});
  optimizer.step(0.1f);
  EXPECT_NEAR(gain.values<float>()[0], 0.9f, 1e-6);
  EXPECT_NEAR(gain.values<float>()[1], 1.1f, 1e-6);
  EXPECT_EQ(gain.gradient_slot().values<float>()[1], 0.0f) << "gradients are zeroed by the step";
}

TEST(AdamW, DecaysMatricesButNotGains) {
  const Parameters parameters = one_matrix_and_one_gain();
  AdamW optimizer(parameters, {.weight_decay = 0.5f});
  optimizer.step(0.1f);
  EXPECT_NEAR(parameters.at("matrix").values<float>()[0], 0.95f, 1e-6);
  EXPECT_EQ(parameters.at("gain").values<float>()[0], 1.0f);
}

TEST(GradientNorm, IsTheNormOfAllGradientsTogether) {
  const Parameters parameters = one_matrix_and_one_gain();
  parameters.at("matrix").gradient_slot().values<float>()[0] = 3;
  parameters.at("gain").gradient_slot().values<float>()[1] = 4;
  EXPECT_DOUBLE_EQ(gradient_norm(parameters), 5);
  EXPECT_FLOAT_EQ(clip_factor(5, 1), 0.2f);
  EXPECT_EQ(clip_factor(0.5, 1), 1);
  EXPECT_EQ(clip_factor(5, 0), 1);
}

TEST(GradientNorm, NamesTheParameterThatIsNotFinite) {
  const Parameters parameters = one_matrix_and_one_gain();
  parameters.at("gain").gradient_slot().values<float>()[0] = NAN;
  try {
    gradient_norm(parameters);
    FAIL() << "expected an Error";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("gradient of gain is not finite"), std::string::npos);
  }
}

}  // namespace
}  // namespace tern
