#include "tern/ops/learned_quantize.h"

#include "tern/ops/learned_quantize_ref.h"
#include "tern/ops/op_test_util.h"
#include "tern/quant/packed.h"
#include "tern/quant/quant_test_util.h"

namespace tern {
namespace {

Tensor vector_of(const std::vector<float>& values) {
  return Tensor::from(values, {static_cast<int64_t>(values.size())});
}

Tensor leaf(const std::vector<float>& values, Shape shape) {
  const Tensor x = Tensor::from(values, std::move(shape));
  x.set_requires_grad(true);
  return x;
}

/// The learned number as training uses it: through its stored scale.
double as_stored(float learned, LearnedStep step) {
  return LearnedScales{&learned, step.level}.scale(0) / static_cast<double>(step.level);
}

/// A task with short last groups: (3, 10) weights in groups of 4, nine learned numbers.
struct Task {
  Tensor w = random_leaf({3, 10}, 1), learned;
  Grouping grouping{4};

  Task() {
    std::vector<float> numbers;
    for (int i = 0; i < 9; ++i) numbers.push_back(0.5f + 0.15f * static_cast<float>(i));
    learned = leaf(numbers, {9});
  }
  static int64_t group_of(int64_t i) { return i / 10 * 3 + i % 10 / 4; }
  static int64_t group_size(int64_t group) { return group % 3 == 2 ? 2 : 4; }
};

TEST(LearnedQuantize, EqualsTheScalarReferenceOnDesignedGroups) {
  for (const LearnedStep step : {kLearnedStepSize, kStretchedElastic}) {
    for (const auto& [name, group] : designed_groups()) {
      for (const float learned : {0.1f, 1.5f, 4.0f}) {
        const auto n = static_cast<int64_t>(group.size());
        const Tensor q = learned_quantize(Tensor::from(group, {1, n}), vector_of({learned}), step,
                                          Grouping{Grouping::kRow}, 1.0f, DType::f32);
        const double a = as_stored(learned, step);
        for (int64_t i = 0; i < n; ++i) {
          // Halves: the reference rounds a quotient, which may miss an exact tie by one epsilon.
          if (std::abs(std::abs(group[i]) * 2 / (a * step.level) - 1) < 1e-6) continue;
          EXPECT_NEAR(q.values<float>()[i],
                      ref::learned_quantize<double>(group[i], a, step.level, step.clip), 1e-6 * a)
              << name << ", weight " << i;
        }
      }
    }
  }
}

TEST(LearnedQuantize, ATieAtHalfTheScaleBecomesZero) {
  const std::pair<LearnedStep, float> of_scale_2[] = {{kLearnedStepSize, 2.0f},
                                                      {kStretchedElastic, 3.0f}};
  for (const auto& [step, learned] : of_scale_2) {
    const Tensor q = learned_quantize(Tensor::from(std::vector<float>{1.0f, -1.0f, 1.001f}, {1, 3}),
                                      vector_of({learned}), step, Grouping{4}, 1.0f, DType::f32);
    EXPECT_EQ(to_doubles(q), (std::vector<double>{0, 0, 2})) << learned;
  }
}

TEST(LearnedQuantize, IsWhatPackingStores) {
  const Task task;
  for (const LearnedStep step : {kLearnedStepSize, kStretchedElastic}) {
    const Tensor trained =
        learned_quantize(task.w, task.learned, step, task.grouping, 1.0f, DType::f32);
    const PackedTernary packed =
        quantize_and_pack(task.w.data<float>(), 3, 10, task.grouping,
                          LearnedScales{task.learned.data<const float>(), step.level});
    std::vector<float> stored(30);
    unpack_ternary(packed, stored.data());
    EXPECT_EQ(to_doubles(trained), std::vector<double>(stored.begin(), stored.end()));
  }
}

/// The declared rule, from a surrogate whose derivative it is, by central differences.
void expect_declared_gradients(LearnedStep step, float lambda) {
  const Task task;
  {
    Tape tape;
    tape.backward(weighted_sum(
        learned_quantize(task.w, task.learned, step, task.grouping, lambda, DType::f32)));
  }
  const Tensor seed = random_leaf({3, 10}, 1);
  {
    Tape tape;
    tape.backward(weighted_sum(seed));
  }
  const std::vector<double> g = to_doubles(gradient(seed)), w = to_doubles(task.w);
  std::vector<double> da(9, 0.0);
  constexpr double kStep = 1e-4;
  for (int64_t i = 0; i < 30; ++i) {
    const int64_t group = Task::group_of(i);
    const double a0 = as_stored(task.learned.values<float>()[group], step);
    const auto effective = [&](double x, double a) {
      const double q = ref::learned_surrogate<double>(x, a, w[i], a0, step.level, step.clip);
      // Beyond the clip the surrogate does not depend on w: the gradient does not pass.
      return x + lambda * (q - x);
    };
    const double dw =
        g[i] * (effective(w[i] + kStep, a0) - effective(w[i] - kStep, a0)) / (2 * kStep);
    EXPECT_NEAR(gradient(task.w).values<float>()[i], dw, 1e-5) << "weight " << i;
    da[group] += g[i] * (effective(w[i], a0 + kStep) - effective(w[i], a0 - kStep)) / (2 * kStep);
  }
  for (int64_t group = 0; group < 9; ++group) {
    const double root = std::sqrt(static_cast<double>(Task::group_size(group)));
    EXPECT_NEAR(gradient(task.learned).values<float>()[group], da[group] / root, 1e-5) << group;
  }
}

TEST(LearnedQuantize, GradientsAreThoseOfTheDeclaredSurrogate) {
  for (const LearnedStep step : {kLearnedStepSize, kStretchedElastic}) {
    for (const float lambda : {1.0f, 0.25f}) expect_declared_gradients(step, lambda);
  }
}

TEST(LearnedQuantize, GradientsOfSeveralPassesAdd) {
  const Task task;
  const auto pass = [&] {
    Tape tape;
    tape.backward(weighted_sum(
        learned_quantize(task.w, task.learned, kLearnedStepSize, task.grouping, 1.0f, DType::f32)));
  };
  pass();
  const float once = gradient(task.w).values<float>()[0];
  const float scale_once = gradient(task.learned).values<float>()[0];
  pass();
  EXPECT_EQ(gradient(task.w).values<float>()[0], 2 * once);
  EXPECT_EQ(gradient(task.learned).values<float>()[0], 2 * scale_once);
}

TEST(LearnedQuantize, AScaleBelowTheSmallestStaysPositiveAndCanComeBack) {
  const Tensor w = leaf({1.0f, -2.0f}, {1, 2}), learned = leaf({-0.5f}, {1});
  Tape tape;
  const Tensor q = learned_quantize(w, learned, kLearnedStepSize, Grouping{4}, 1.0f, DType::f32);
  EXPECT_NEAR(q.values<float>()[0], 1e-5, 1e-7);
  tape.backward(weighted_sum(q));
  EXPECT_NE(gradient(learned).item(), 0.0f);
}

TEST(LearnedQuantize, OneNumberMayHoldForAWholeMatrix) {
  const Tensor w = random_leaf({3, 10}, 1), learned = leaf({0.75f}, {1});
  Tape tape;
  const Tensor q = learned_quantize(w, learned, kLearnedStepSize, Grouping{Grouping::kTensor}, 1.0f,
                                    DType::bf16);
  tape.backward(weighted_sum(q));
  for (const double value : to_doubles(q)) EXPECT_TRUE(value == 0 || std::abs(value) == 0.75);
  EXPECT_NE(gradient(learned).item(), 0.0f);
}

TEST(LearnedQuantize, RefusesShapesThatDoNotFit) {
  const Task task;
  EXPECT_THROW(learned_quantize(task.w, vector_of({1, 2}), kLearnedStepSize, task.grouping, 1.0f,
                                DType::f32),
               Error);
}

}  // namespace
}  // namespace tern
