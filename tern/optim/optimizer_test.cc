#include "tern/optim/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tern/base/error.h"
#include "tern/optim/optim_test_util.h"

namespace tern {
namespace {

/// What all optimizers promise.
class EveryOptimizer : public ::testing::TestWithParam<std::tuple<std::string, DType>> {
 protected:
  std::unique_ptr<Optimizer> make(const Parameters& parameters) const {
    const auto& [name, state] = GetParam();
    return make_optimizer(test_groups(parameters),
                          {.kind = name, .state = std::string(name_of(state))});
  }
};

TEST_P(EveryOptimizer, MovesAllWeightsAndClearsTheirGradients) {
  const Parameters parameters = test_parameters();
  const auto before = all_weights(parameters);
  const auto optimizer = make(parameters);
  fill_gradients(parameters, 1);
  optimizer->step({.lr = 0.1f});
  const auto after = all_weights(parameters);
  for (size_t i = 0; i < before.size(); ++i) ASSERT_NE(after[i], before[i]) << i;
  for (const auto& [name, tensor] : parameters.all()) {
    for (const float g : tensor.gradient_slot().values<float>()) ASSERT_EQ(g, 0) << name;
  }
  EXPECT_EQ(optimizer->steps_done(), 1);
}

TEST_P(EveryOptimizer, MovesDownhill) {
  // The loss |w|^2 / 2, whose gradient is w.
  const Parameters parameters = test_parameters();
  const auto length = [&] {
    double square = 0;
    for (const float w : all_weights(parameters)) square += double{w} * w;
    return square;
  };
  const double before = length();
  const auto optimizer = make(parameters);
  for (int step = 0; step < 20; ++step) {
    for (const auto& [name, tensor] : parameters.all()) {
      std::memcpy(tensor.gradient_slot().raw(), tensor.raw(), tensor.bytes());
    }
    optimizer->step({.lr = 0.03f});
  }
  EXPECT_LT(length(), 0.8 * before);
}

TEST_P(EveryOptimizer, DecaysWhatIsToDecayByTheRateOfTheStep) {
  const Parameters parameters = test_parameters();
  const auto optimizer = make(parameters);
  const auto matrix = weights_of(parameters, "tall"),
             embedding = weights_of(parameters, "embedding"), gain = weights_of(parameters, "gain");
  optimizer->step({.lr = 0.1f, .weight_decay = 0.5f});
  optimizer->step({.lr = 0.1f, .weight_decay = 0});
  EXPECT_NEAR(weights_of(parameters, "tall")[3], 0.95f * matrix[3], 1e-6f);
  EXPECT_NEAR(weights_of(parameters, "embedding")[3], 0.95f * embedding[3], 1e-6f);
  EXPECT_EQ(weights_of(parameters, "gain"), gain);
}

TEST_P(EveryOptimizer, AFactorOfAGroupActsLikeAnotherLearningRate) {
  const Parameters a = test_parameters(), b = test_parameters();
  const auto& [name, state] = GetParam();
  auto groups = test_groups(a);
  for (ParameterGroup& group : groups) group.lr_factor = 0.25f;
  const auto slow = make_optimizer(groups, {.kind = name, .state = std::string(name_of(state))});
  const auto plain = make(b);
  fill_gradients(a, 1);
  fill_gradients(b, 1);
  slow->step({.lr = 0.4f, .weight_decay = 0.1f});
  plain->step({.lr = 0.1f, .weight_decay = 0.1f});
  EXPECT_EQ(all_weights(a), all_weights(b));
}

TEST_P(EveryOptimizer, TheGradientScaleActsLikeAScaledGradient) {
  const Parameters a = test_parameters(), b = test_parameters();
  const auto one = make(a), other = make(b);
  for (int64_t step = 1; step <= 3; ++step) {
    fill_gradients(a, step, 0.125f);
    fill_gradients(b, step);
    one->step({.lr = 0.1f});
    other->step({.lr = 0.1f, .gradient_scale = 0.125f});
  }
  EXPECT_EQ(all_weights(a), all_weights(b));
}

TEST_P(EveryOptimizer, WithItsStateCopiedIntoAnotherGoesOnBitForBit) {
  const Parameters a = test_parameters(), b = test_parameters();
  const auto first = make(a), second = make(b);
  for (int64_t step = 1; step <= 3; ++step) {
    fill_gradients(a, step);
    first->step({.lr = 0.01f, .weight_decay = 0.1f});
  }
  const auto copy = [](const std::vector<Parameter>& from, const std::vector<Parameter>& to) {
    ASSERT_EQ(from.size(), to.size());
    for (size_t i = 0; i < from.size(); ++i) {
      ASSERT_EQ(from[i].name, to[i].name);
      ASSERT_EQ(from[i].tensor.bytes(), to[i].tensor.bytes());
      std::memcpy(to[i].tensor.raw(), from[i].tensor.raw(), from[i].tensor.bytes());
    }
  };
  copy(a.all(), b.all());
  copy(first->state(), second->state());
  second->set_steps_done(3);
  for (int64_t step = 4; step <= 6; ++step) {
    for (const Parameters* parameters : {&a, &b}) fill_gradients(*parameters, step);
    first->step({.lr = 0.01f, .weight_decay = 0.1f});
    second->step({.lr = 0.01f, .weight_decay = 0.1f});
  }
  EXPECT_EQ(all_weights(a), all_weights(b));
}

INSTANTIATE_TEST_SUITE_P(All, EveryOptimizer,
                         ::testing::Combine(::testing::ValuesIn(optimizers().values()),
                                            ::testing::Values(DType::f32, DType::bf16)),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" +
                                  std::string(name_of(std::get<1>(info.param)));
                         });

TEST(OptimizerState, TakesHalfTheBytesInBf16) {
  const Parameters parameters = test_parameters();
  for (const std::string& name : optimizers().values()) {
    const auto bytes = [&](DType state) {
      size_t sum = 0;
      for (const Parameter& p : make_optimizer(test_groups(parameters),
                                               {.kind = name, .state = std::string(name_of(state))})
                                    ->state()) {
        sum += p.tensor.bytes();
      }
      return sum;
    };
    EXPECT_EQ(2 * bytes(DType::bf16), bytes(DType::f32)) << name;
    EXPECT_THROW(bytes(DType::f16), Error) << name;
  }
}

TEST(Optimizers, AreNamedWhenThereIsNoneOfThatName) {
  try {
    make_optimizer({}, {.kind = "sgd"});
    FAIL() << "expected an Error";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("adamw, lion, muon; found sgd"), std::string::npos)
        << e.what();
  }
}

TEST(AdamW, TheFirstStepMovesEachWeightByTheLearningRateAgainstItsGradient) {
  const Parameters parameters = test_parameters();
  const auto before = all_weights(parameters);
  const auto optimizer = make_optimizer(test_groups(parameters), {.kind = "adamw"});
  fill_gradients(parameters, 1);
  optimizer->step({.lr = 0.1f});
  const auto after = all_weights(parameters);
  for (size_t i = 0; i < before.size(); ++i) {
    ASSERT_NEAR(std::abs(after[i] - before[i]), 0.1f, 1e-5f);
  }
}

TEST(Lion, MovesEachWeightByExactlyTheLearningRate) {
  const Parameters parameters = test_parameters();
  const auto optimizer = make_optimizer(test_groups(parameters), {.kind = "lion"});
  for (int64_t step = 1; step <= 3; ++step) {
    const auto before = all_weights(parameters);
    fill_gradients(parameters, step);
    optimizer->step({.lr = 0.5f});
    const auto after = all_weights(parameters);
    for (size_t i = 0; i < before.size(); ++i) {
      ASSERT_NEAR(std::abs(after[i] - before[i]), 0.5f, 1e-6f);
    }
  }
}

double root_mean_square(const std::vector<float>& a, const std::vector<float>& b) {
  double square = 0;
  for (size_t i = 0; i < a.size(); ++i) square += std::pow(double{a[i]} - b[i], 2);
  return std::sqrt(square / static_cast<double>(a.size()));
}

TEST(Muon, StepsOfMatricesHaveASizeLikeThoseOfAdamWWhateverTheGradients) {
  for (const float scale : {1e-6f, 1.0f, 1e6f}) {
    const Parameters parameters = test_parameters();
    const auto optimizer = make_optimizer(test_groups(parameters), {.kind = "muon"});
    for (const char* name : {"tall", "wide"}) {
      const auto before = weights_of(parameters, name);
      fill_gradients(parameters, 1, scale);
      optimizer->step({.lr = 0.1f});
      // All singular values of an orthogonal step would be 0.2 sqrt(60): 0.2 a weight.
      EXPECT_NEAR(root_mean_square(weights_of(parameters, name), before) / 0.1, 0.2, 0.04) << name;
    }
  }
}

TEST(Muon, LeavesWhatIsNoMatrixToAdamW) {
  const Parameters a = test_parameters(), b = test_parameters();
  const auto muon = make_optimizer(test_groups(a), {.kind = "muon"});
  const auto adamw = make_optimizer(test_groups(b), {.kind = "adamw"});
  for (int64_t step = 1; step <= 2; ++step) {
    fill_gradients(a, step);
    fill_gradients(b, step);
    muon->step({.lr = 0.1f, .weight_decay = 0.1f});
    adamw->step({.lr = 0.1f, .weight_decay = 0.1f});
  }
  EXPECT_EQ(weights_of(a, "embedding"), weights_of(b, "embedding"));
  EXPECT_EQ(weights_of(a, "gain"), weights_of(b, "gain"));
  EXPECT_NE(weights_of(a, "tall"), weights_of(b, "tall"));
}

TEST(Optimizer, MomentsAreOfTheTypesThatTheFieldOffersAlone) {
  EXPECT_EQ(moment_type("f32"), DType::f32);
  EXPECT_EQ(moment_type("bf16"), DType::bf16);
  EXPECT_THROW(moment_type("auto"), Error);
}

TEST(Muon, SaysWhenThereIsNothingForIt) {
  const Parameters parameters = test_parameters();
  EXPECT_THROW(make_optimizer(groups_of(parameters), {.kind = "muon"}), Error);
}

}  // namespace
}  // namespace tern
