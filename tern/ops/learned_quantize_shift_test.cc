#include "tern/ops/learned_quantize_shift.h"

#include "tern/ops/op_test_util.h"
#include "tern/quant/group_rule_ref.h"
#include "tern/quant/packed.h"
#include "tern/quant/quant_test_util.h"

namespace tern {
namespace {

const GroupRuleOptions kPaper{.threshold = 0.7f};

/// A task with short last groups: (3, 10) weights in groups of 4, nine scales and shifts.
struct Task {
  Tensor w = random_leaf({3, 10}, 1), scales = random_leaf({9}, 2),
         shifts = random_leaf({9}, 3, 0.1);
  Grouping grouping{4};

  Task() {
    for (float& scale : scales.values<float>()) scale = 0.5f + std::abs(scale);
  }
  Tensor quantized(float lambda) const {
    return learned_quantize_shift(w, GroupRule(kPaper), scales, shifts, grouping, lambda,
                                  DType::f32);
  }
  LearnedLevels levels() const { return {GroupRule(kPaper), {scales.data<const float>(), 1.0f}}; }
};

Tensor one(float value) { return Tensor::from(std::vector<float>{value}, {1}); }

TEST(LearnedQuantizeShift, IsScaleTimesTheCodeOfTheThresholdPlusShiftOnDesignedGroups) {
  for (const auto& [name, group] : designed_groups()) {
    const float mean = stored_scale(static_cast<float>(ref::mean_magnitude(group)));
    const std::vector<int8_t> codes = ref::codes_above(group, 0.7f * mean);
    for (const float scale : {0.125f, 4.0f}) {  // far from the mean: codes do not depend on it
      for (const float shift : {0.0f, -0.25f}) {
        const auto n = static_cast<int64_t>(group.size());
        const Tensor q =
            learned_quantize_shift(Tensor::from(group, {1, n}), GroupRule(kPaper), one(scale),
                                   one(shift), Grouping{Grouping::kRow}, 1.0f, DType::f32);
        for (int64_t i = 0; i < n; ++i) {
          EXPECT_EQ(q.values<float>()[i], scale * codes[i] + shift) << name << ", weight " << i;
        }
      }
    }
  }
}

TEST(LearnedQuantizeShift, IsWhatPackingStores) {
  const Task task;
  PackedTernary packed =
      quantize_and_pack(task.w.data<float>(), 3, 10, task.grouping, task.levels());
  for (const float shift : task.shifts.values<float>()) packed.shifts.push_back(f16(shift));
  std::vector<float> stored(30);
  unpack_ternary(packed, stored.data());
  EXPECT_EQ(to_doubles(task.quantized(1.0f)), std::vector<double>(stored.begin(), stored.end()));
}

/// Adds the derivatives of sum g (w + lambda (scale code + shift - w)) by central differences: true
/// ones in scale and shift, as codes depend on neither; in w with the rounding error as a constant.
void expect_declared_gradients(float lambda) {
  const Task task;
  const Tensor seed = random_leaf({3, 10}, 1);
  {
    Tape tape;
    tape.backward(weighted_sum(task.quantized(lambda)));
  }
  {
    Tape tape;
    tape.backward(weighted_sum(seed));
  }
  std::vector<double> dscale(9, 0.0), dshift(9, 0.0);
  for_each_group(task.w.data<const float>(), 3, 10, Grouping{4}, task.levels(),
                 [&](const GroupPlace& at, const int8_t* codes, float scale) {
                   for (int64_t i = 0; i < at.n; ++i) {
                     const double g = gradient(seed).values<float>()[at.first + i];
                     const double w = task.w.values<float>()[at.first + i];
                     const double shift = task.shifts.values<float>()[at.group];
                     const auto value = [&](double a, double b) {
                       return g * lambda * (a * codes[i] + b - w);
                     };
                     constexpr double kStep = 1e-4;
                     dscale[at.group] +=
                         (value(scale + kStep, shift) - value(scale - kStep, shift)) / (2 * kStep);
                     dshift[at.group] +=
                         (value(scale, shift + kStep) - value(scale, shift - kStep)) / (2 * kStep);
                     EXPECT_NEAR(gradient(task.w).values<float>()[at.first + i], g, 1e-6);
                   }
                 });
  for (int64_t group = 0; group < 9; ++group) {
    EXPECT_NEAR(gradient(task.scales).values<float>()[group], dscale[group], 1e-5) << group;
    EXPECT_NEAR(gradient(task.shifts).values<float>()[group], dshift[group], 1e-5) << group;
  }
}

TEST(LearnedQuantizeShift, GradientsAreTheDerivativesOfTheLevelsAndStraightThroughToTheWeights) {
  for (const float lambda : {1.0f, 0.25f}) expect_declared_gradients(lambda);
}

TEST(LearnedQuantizeShift, GradientsOfSeveralPassesAdd) {
  const Task task;
  const auto pass = [&] {
    Tape tape;
    tape.backward(weighted_sum(task.quantized(1.0f)));
  };
  pass();
  const std::vector<double> once = {gradient(task.w).values<float>()[0],
                                    gradient(task.scales).values<float>()[0],
                                    gradient(task.shifts).values<float>()[0]};
  pass();
  EXPECT_EQ(gradient(task.w).values<float>()[0], 2 * once[0]);
  EXPECT_EQ(gradient(task.scales).values<float>()[0], 2 * once[1]);
  EXPECT_EQ(gradient(task.shifts).values<float>()[0], 2 * once[2]);
}

TEST(LearnedQuantizeShift, RefusesWhatDoesNotFit) {
  const Task task;
  const auto quantize = [&](const Tensor& scales, const Tensor& shifts, float lambda) {
    learned_quantize_shift(task.w, GroupRule(kPaper), scales, shifts, task.grouping, lambda,
                           DType::f32);
  };
  EXPECT_THROW(quantize(one(1), task.shifts, 1.0f), Error);
  EXPECT_THROW(quantize(task.scales, one(1), 1.0f), Error);
  EXPECT_THROW(quantize(task.scales, task.shifts, 1.5f), Error);
}

}  // namespace
}  // namespace tern
