#include "tern/ops/softmax_quantize.h"

#include "tern/ops/fake_quantize.h"
#include "tern/ops/op_test_util.h"
#include "tern/ops/softmax_quantize_ref.h"
#include "tern/quant/absmean.h"
#include "tern/quant/quant_test_util.h"

namespace tern {
namespace {

std::vector<double> reference(const std::vector<double>& w, double temperature) {
  std::vector<double> out(w.size());
  ref::softmax_quantize(w.data(), static_cast<int64_t>(w.size()), temperature, out.data());
  return out;
}

TEST(SoftmaxQuantize, EqualsTheScalarReferenceOnDesignedGroups) {
  for (const auto& [name, group] : designed_groups()) {
    for (const float temperature : {0.1f, 0.5f, 2.0f}) {
      const auto n = static_cast<int64_t>(group.size());
      const Tensor q = softmax_quantize(Tensor::from(group, {1, n}), Grouping{64}, temperature,
                                        1.0f, DType::f32);
      const std::vector<double> want = reference({group.begin(), group.end()}, temperature);
      // The scale is rounded to float16, which moves w / s and with it the mean code as well: by a
      // relative 2^-11 times the largest slope, 1 / temperature.
      const double scale = std::abs(*std::max_element(
          want.begin(), want.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
      for (int64_t i = 0; i < n; ++i) {
        EXPECT_NEAR(q.values<float>()[i], want[i], 1.5 * scale * 0x1p-11 * (1 + 1 / temperature))
            << name << ", weight " << i << " at temperature " << temperature;
      }
    }
  }
}

TEST(SoftmaxQuantize, CoolsDownToAbsmeanRounding) {
  const Tensor w = random_leaf({3, 70}, 1);
  const Tensor hard = fake_quantize(w, Absmean{}, {64}, 1.0f, DType::f32);
  EXPECT_EQ(to_doubles(softmax_quantize(w, {64}, 0.0f, 1.0f, DType::f32)), to_doubles(hard));
  const std::vector<double> cold = to_doubles(softmax_quantize(w, {64}, 1e-5f, 1.0f, DType::f32));
  for (size_t i = 0; i < cold.size(); ++i) {
    const double u = std::abs(w.values<float>()[i]) / 0.8;
    if (std::abs(u - 0.5) > 0.1) {
      EXPECT_NEAR(cold[i], hard.values<float>()[i], 1e-6);
    }
  }
}

TEST(SoftmaxQuantize, AtTemperatureZeroTheGradientPassesStraightThrough) {
  const Tensor w = random_leaf({1, 8}, 1), plain = random_leaf({1, 8}, 1);
  Tape tape;
  tape.backward(weighted_sum(softmax_quantize(w, {8}, 0.0f, 1.0f, DType::f32)));
  Tape plain_tape;
  plain_tape.backward(weighted_sum(plain));
  EXPECT_EQ(to_doubles(gradient(w)), to_doubles(gradient(plain)));
}

TEST(SoftmaxQuantize, TheGradientIsTheDerivativeThroughTheScaleToo) {
  // Groups of 4 with a short last one of 2.
  for (const float temperature : {0.2f, 1.0f}) {
    for (const float lambda : {1.0f, 0.3f}) {
      const Tensor w = random_leaf({2, 6}, 5);
      {
        Tape tape;
        tape.backward(weighted_sum(softmax_quantize(w, {4}, temperature, lambda, DType::f32)));
      }
      const Tensor seed = random_leaf({2, 6}, 5);
      {
        Tape tape;
        tape.backward(weighted_sum(seed));
      }
      const std::vector<double> g = to_doubles(gradient(seed)), start = to_doubles(w);
      const auto loss = [&](std::vector<double> x) {
        double sum = 0;
        for (size_t row = 0; row < 12; row += 6) {
          for (size_t first : {row, row + 4}) {
            const size_t n = first == row ? 4 : 2;
            const std::vector<double> group(x.begin() + first, x.begin() + first + n);
            const std::vector<double> q = reference(group, temperature);
            for (size_t i = 0; i < n; ++i) {
              sum += g[first + i] * (group[i] + lambda * (q[i] - group[i]));
            }
          }
        }
        return sum;
      };
      for (size_t i = 0; i < start.size(); ++i) {
        constexpr double kStep = 1e-5;
        std::vector<double> above = start, below = start;
        above[i] += kStep;
        below[i] -= kStep;
        const double numeric = (loss(above) - loss(below)) / (2 * kStep);
        // The scale's rounding to float16 moves slopes by a few 2^-11 / temperature^2.
        EXPECT_NEAR(gradient(w).values<float>()[i], numeric,
                    8 * 0x1p-11 / (temperature * temperature) * (1 + std::abs(numeric)))
            << "weight " << i << ", temperature " << temperature << ", lambda " << lambda;
      }
    }
  }
}

TEST(SoftmaxQuantize, TheRowsOfAWholeTensorShareOneScaleAndItsGradient) {
  const Tensor matrix = random_leaf({40, 12}, 3);
  const Tensor row = Tensor::from(matrix.to_vector(), {1, 480});
  row.set_requires_grad(true);
  const auto quantize = [](const Tensor& w, int64_t group) {
    Tape tape;
    const Tensor q = softmax_quantize(w, {group}, 0.4f, 0.7f, DType::f32);
    tape.backward(weighted_sum(q));
    return to_doubles(q);
  };
  EXPECT_EQ(quantize(matrix, Grouping::kTensor), quantize(row, Grouping::kRow));
  const std::vector<double> got = to_doubles(gradient(matrix)), want = to_doubles(gradient(row));
  // The scale's gradient is a sum of 480 terms in another order.
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-5) << i;
}

TEST(SoftmaxQuantize, AHalfPrecisionCopyCollectsItsGradientInFloat32) {
  const Tensor w = random_leaf({1, 8}, 1), same = random_leaf({1, 8}, 1);
  Tape tape;
  tape.backward(weighted_sum(softmax_quantize(w, {8}, 0.5f, 1.0f, DType::bf16)));
  Tape full;
  full.backward(weighted_sum(softmax_quantize(same, {8}, 0.5f, 1.0f, DType::f32)));
  EXPECT_EQ(to_doubles(gradient(w)), to_doubles(gradient(same)));
}

TEST(SoftmaxQuantize, StaysFiniteForOutliersZerosAndExtremeTemperatures) {
  const Tensor w = Tensor::from(std::vector<float>{1e4f, 1e-6f, 0, -1e-6f, 0, 0, 0, 0}, {2, 4});
  w.set_requires_grad(true);
  for (const float temperature : {1e-6f, 1e-3f, 1.0f, 1e4f}) {
    Tape tape;
    tape.backward(weighted_sum(softmax_quantize(w, {4}, temperature, 1.0f, DType::f32)));
    for (const double d : to_doubles(gradient(w))) EXPECT_TRUE(std::isfinite(d)) << temperature;
  }
}

TEST(SoftmaxQuantize, RefusesANegativeTemperature) {
  EXPECT_THROW(softmax_quantize(random_leaf({1, 4}, 1), {4}, -1.0f, 1.0f, DType::f32), Error);
}

}  // namespace
}  // namespace tern
