#include "tern/optim/gradients.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/error.h"

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

TEST(ClipByValue, CutsEachGradientOffOnBothSides) {
  const Parameters parameters = one_matrix_and_one_gain();
  const auto g = parameters.at("matrix").gradient_slot().values<float>();
  g[0] = 5, g[1] = -5, g[2] = 0.5f;
  clip_by_value(parameters, 0);
  EXPECT_EQ(g[0], 5) << "0 is no limit";
  clip_by_value(parameters, 2);
  EXPECT_EQ((std::vector<float>{g.begin(), g.end()}), (std::vector<float>{2, -2, 0.5f, 0}));
  EXPECT_THROW(clip_by_value(parameters, -1), Error);
}

TEST(ClipByValue, HidesNoGradientThatIsNotFinite) {
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    const Parameters parameters = one_matrix_and_one_gain();
    parameters.at("gain").gradient_slot().values<float>()[0] = bad;
    clip_by_value(parameters, 1);
    EXPECT_THROW(gradient_norm(parameters), Error);
  }
}

}  // namespace
}  // namespace tern
