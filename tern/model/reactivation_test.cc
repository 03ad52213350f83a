#include "tern/model/reactivation.h"

#include <gtest/gtest.h>

#include "tern/ops/mse_loss.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

/// A layer that is ternary throughout.
struct TernaryLayer {
  Parameters parameters;
  QuantizerState state{.lambda = 1};
  Grouping grouping;
  std::unique_ptr<TernaryWeight> weight;

  TernaryLayer(const Tensor& start, const char* group, const TernaryWeightOptions& how = {})
      : grouping(Grouping::parse(group)) {
    parameters.allocate({{"w", start.shape()}});
    std::ranges::copy(start.values<const float>(), latent().data<float>());
    TernaryWeightOptions options = how;
    options.group = group;
    weight = make_ternary_weight("w", latent(), parameters, options, state);
  }
  Tensor latent() const { return parameters.all()[0].tensor; }
  double zero_share() const { return count_codes(weight->pack()).shares()[1]; }
  int64_t reactivate(double limit) { return tern::reactivate(latent(), *weight, grouping, limit); }
};

TernaryWeightOptions with_threshold(float threshold) { return {.rule = {.threshold = threshold}}; }

/// One live weight in eight: 87 % zeros.
Tensor mostly_dead() {
  const Tensor w = random_leaf({8, 32}, 1, 0.01);
  for (int64_t i = 0; i < w.size(); i += 8) w.data<float>()[i] = 1;
  return w;
}

TEST(Reactivation, BringsTheShareOfZerosDownToItsLimit) {
  TernaryLayer layer(mostly_dead(), "32");
  EXPECT_GT(layer.zero_share(), 0.8);
  EXPECT_EQ(layer.reactivate(0.5), 8 * (28 - 16));
  EXPECT_NEAR(layer.zero_share(), 0.5, 1e-9);
}

/// Absmean's threshold rises with what is lifted: over long groups it passes the first lift.
TEST(Reactivation, IsUnderItsLimitAsTheRuleThenFindsIt) {
  for (const char* group : {"64", "256", "row", "tensor"}) {
    for (const double limit : {0.25, 0.1}) {
      TernaryLayer layer(random_leaf({8, 4096}, 3), group);
      EXPECT_GT(layer.zero_share(), 0.3) << group;
      EXPECT_GT(layer.reactivate(limit), 0) << group;
      EXPECT_LE(layer.zero_share(), limit) << group;
      EXPECT_GT(layer.zero_share(), 0.9 * limit - 0.02)
          << group;  // and it lifts no more than it has to
    }
  }
}

TEST(Reactivation, IsUnderItsLimitWhateverTheQuantizer) {
  const std::vector<TernaryWeightOptions> all = {with_threshold(0.7f),
                                                 {.rule = {.scale = "absmedian"}},
                                                 {.rule = {.scale = "absmax"}},
                                                 {.rule = {.level = "least-squares"}},
                                                 {.rule = {.level = "lloyd-max"}},
                                                 {.quantizer = "lsq"},
                                                 {.quantizer = "elastic"},
                                                 {.quantizer = "hestia"}};
  for (const TernaryWeightOptions& how : all) {
    for (const char* group : {"64", "row"}) {
      TernaryLayer layer(random_leaf({16, 1024}, 4), group, how);
      layer.reactivate(0.25);
      EXPECT_LE(layer.zero_share(), 0.25)
          << how.quantizer << " " << how.rule.scale << " " << how.rule.level << " by " << group;
    }
  }
}

TEST(Reactivation, CopesWithOutliers) {
  for (const char* group : {"64", "256", "row"}) {
    Tensor w = random_leaf({8, 1024}, 5);
    for (int64_t i = 0; i < w.size(); i += 64) w.data<float>()[i] = 100;
    TernaryLayer layer(w, group);
    EXPECT_GT(layer.zero_share(), 0.6) << group;
    layer.reactivate(0.4);
    EXPECT_LE(layer.zero_share(), 0.4) << group;
  }
}

TEST(Reactivation, CopesWithAShortLastGroup) {
  TernaryLayer layer(random_leaf({16, 1000}, 6), "64");
  layer.reactivate(0.25);
  EXPECT_LE(layer.zero_share(), 0.25);
}

TEST(Reactivation, LiftsTheLargestDeadWeightsAndKeepsTheirSigns) {
  TernaryLayer layer(Tensor::from(std::vector<float>{1, -0.1f, 0.02f, 0.01f}, {1, 4}), "row");
  EXPECT_EQ(layer.reactivate(0.5), 1);
  EXPECT_EQ(to_doubles(layer.latent()), (std::vector<double>{1, -1, 0.02f, 0.01f}));
}

TEST(Reactivation, LeavesALayerBelowItsLimitAlone) {
  TernaryLayer layer(random_leaf({8, 32}, 2), "32");
  const std::vector<double> before = to_doubles(layer.latent());
  EXPECT_EQ(layer.reactivate(0.6), 0);
  EXPECT_EQ(to_doubles(layer.latent()), before);
}

/// Zeros have no threshold, weights of one size are below 1.5 of it, and no more than half of any
/// can be above twice their mean.
TEST(Reactivation, LeavesWeightsThatItsRuleCannotWakeAsTheyAre) {
  TernaryLayer nothing(Tensor::zeros({4, 64}), "64");
  EXPECT_EQ(nothing.reactivate(0.4), 0);

  const Tensor ones = Tensor::zeros({4, 64});
  for (float& x : ones.values<float>()) x = 1;
  EXPECT_EQ(TernaryLayer(ones, "64", with_threshold(1.5f)).reactivate(0.4), 0);

  TernaryLayer far(random_leaf({4, 64}, 7), "64", with_threshold(2));
  EXPECT_EQ(far.reactivate(0.4), 0);
  EXPECT_EQ(to_doubles(far.latent()), to_doubles(random_leaf({4, 64}, 7)));
}

/// Nine weights of ten have the sign they should have and are far too small: steps of gradient
/// descent carry them a hundredth of the way to the threshold. Returns the squared error of the
/// ternary weights after some of them.
double error_after_learning(double reactivate_above) {
  const Tensor target = Tensor::empty({8, 64}, DType::f32), start = random_leaf({8, 64}, 8, 0.01);
  for (int64_t i = 0; i < target.size(); ++i) {
    float& w = start.data<float>()[i];
    target.data<float>()[i] = std::copysign(1.0f, w);
    if (i % 10 == 0) w = std::copysign(1.0f, w);
  }
  TernaryLayer layer(start, "row");
  double error = 0;
  for (int step = 0; step < 40; ++step) {
    Tape tape;
    const Tensor loss = mse_loss(layer.weight->effective(DType::f32), target);
    error = loss.item();
    tape.backward(loss);
    const Tensor w = layer.latent();
    for (int64_t i = 0; i < w.size(); ++i) {
      w.data<float>()[i] -= 0.005f * gradient(w).data<float>()[i];
    }
    layer.parameters.zero_gradients();
    if (reactivate_above > 0 && step % 10 == 0) layer.reactivate(reactivate_above);
  }
  return error;
}

TEST(Reactivation, HelpsWhereMostWeightsAreStuckFarBelowTheThreshold) {
  const double without = error_after_learning(0), with = error_after_learning(0.4);
  EXPECT_GT(without, 0.8);
  EXPECT_LT(with, 0.6 * without);
}

}  // namespace
}  // namespace tern
