#include "tern/optim/weight_average.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

Parameters one_weight() {
  Parameters parameters;
  parameters.allocate({{"w", {1}}});
  parameters.at("w").values<float>()[0] = 0;
  return parameters;
}

TEST(WeightAverage, StartsAsThePlainMeanAndForgetsExponentiallyThen) {
  const Parameters parameters = one_weight();
  float& w = parameters.at("w").values<float>()[0];
  WeightAverage average(parameters, 0.75f);
  double want = 0;
  for (int t = 0; t < 10; ++t) {
    w = static_cast<float>(t * t);
    average.update();
    want = t < 4 ? (want * t + w) / (t + 1) : 0.75 * want + 0.25 * w;
    const WithAverage in_use(average);
    EXPECT_NEAR(w, want, 1e-5 * (1 + want)) << t;
  }
  EXPECT_EQ(w, 81) << "the weights themselves are back";
}

TEST(WeightAverage, GoesOnFromItsSavedState) {
  const Parameters a = one_weight(), b = one_weight();
  WeightAverage first(a, 0.9f), second(b, 0.9f);
  float& w = a.at("w").values<float>()[0];
  for (const float value : {1.0f, 5.0f}) {
    w = value;
    first.update();
  }
  EXPECT_EQ(first.state()[0].name, "w.average");
  second.state()[0].tensor.values<float>()[0] = first.state()[0].tensor.values<float>()[0];
  second.set_updates_done(first.updates_done());
  w = b.at("w").values<float>()[0] = 7;
  first.update();
  second.update();
  EXPECT_EQ(first.state()[0].tensor.item(), second.state()[0].tensor.item());
}

TEST(WeightAverage, WithoutDecayKeepsNothing) {
  const Parameters parameters = one_weight();
  WeightAverage none(parameters, 0);
  none.update();
  parameters.at("w").values<float>()[0] = 3;
  const WithAverage in_use(none);
  EXPECT_EQ(parameters.at("w").item(), 3);
  EXPECT_TRUE(none.state().empty());
}

TEST(WeightAverage, RefusesToTakeInItself) {
  const Parameters parameters = one_weight();
  WeightAverage average(parameters, 0.5f);
  average.update();
  const WithAverage in_use(average);
  EXPECT_THROW(average.update(), Error);
  EXPECT_THROW(WeightAverage(parameters, 1), Error);
}

}  // namespace
}  // namespace tern
