#include "tern/ops/softmax_quantize.h"

#include <cmath>
#include <utility>
#include <vector>

#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/ops/fake_quantize.h"
#include "tern/ops/op.h"
#include "tern/quant/absmean.h"
#include "tern/quant/quantize.h"

namespace tern {
namespace {

/// Below it the softmax is hard in float32.
constexpr float kColdest = 1e-6f;

/// The mean code E of a weight u >= 0 in units of its scale, and dE / du, which is 2 / temperature
/// times the variance of the code.
struct SoftCode {
  float mean, slope;
};

/// The softmax at one temperature.
class Softmax {
 public:
  explicit Softmax(float temperature)
      : inverse_(1.0f / temperature), between_(std::exp(-inverse_)) {}

  SoftCode code(float u) const {
    // Relative to code +1, 0 weighs z = e^((1 - 2u) / temperature) and -1 weighs
    // e^(-4u / temperature) = (z e^(-1 / temperature))^2, which takes no second exponential. Beyond
    // e^80 nothing changes, but infinities would come.
    constexpr float kLargest = 80.0f;
    const float exponent = (1.0f - 2.0f * u) * inverse_;
    const float z = kernels::fast_exp(exponent > kLargest ? kLargest : exponent);
    const float minus = (z * between_) * (z * between_);
    const float p = 1.0f / (1.0f + z + minus);  // of +1
    return {p - p * minus, 2.0f * inverse_ * p * (z * p * (1.0f + minus) + 4.0f * p * minus)};
  }

 private:
  float inverse_, between_;
};

/// What a group's weights are multiplied by; an all-zero group's stay 0.
float inverse_of(float scale) { return scale == 0 ? 0.0f : 1.0f / scale; }

template <class Out>
void forward(const float* w, int64_t n, float scale, Softmax softmax, float lambda,
             Out* effective) {
  const float inverse = inverse_of(scale);
  for (int64_t i = 0; i < n; ++i) {
    const float mean = softmax.code(std::abs(w[i]) * inverse).mean;
    const float soft = std::copysign(scale * mean, w[i]);
    effective[i] = static_cast<Out>(lambda == 1.0f ? soft : w[i] + lambda * (soft - w[i]));
  }
}

/// Adds into dw (n) what the weights get at a fixed scale; returns the gradient of the scale.
float backward(const float* g, const float* w, int64_t n, float scale, Softmax softmax,
               float lambda, float* dw) {
  const float inverse = inverse_of(scale);
  return lambda * kernels::lane_sum(n, [=](int64_t i) {
           const float u = std::abs(w[i]) * inverse;
           const auto [mean, slope] = softmax.code(u);
           dw[i] += g[i] * (1.0f + lambda * (slope - 1.0f));
           return g[i] * std::copysign(1.0f, w[i]) * (mean - u * slope);
         });
}

/// d scale / d w = sign(w) / (weights of the group).
void pass_to_weights(float dscale, int64_t group_size, const float* w, int64_t n, float* dw) {
  const float each = dscale / static_cast<float>(group_size);
  for (int64_t i = 0; i < n; ++i) dw[i] += (w[i] > 0 ? each : 0.0f) - (w[i] < 0 ? each : 0.0f);
}

std::vector<float> scales_of(const Tensor& w, Grouping grouping) {
  std::vector<float> scales(static_cast<size_t>(grouping.scale_count(w.rows(), w.cols())));
  const float* const weights = w.data<const float>();
  for_each_place(w.rows(), w.cols(), grouping, [=, out = scales.data()](const GroupPlace& at) {
    out[at.group] = stored_scale(absmean(weights + at.first, at.n));
  });
  return scales;
}

void backward(const Tensor& effective, const Tensor& w, const std::vector<float>& scales,
              Grouping grouping, Softmax softmax, float lambda) {
  const float* const g = effective.gradient_slot().data<const float>();
  const float* const weights = w.data<const float>();
  float* const dw = gradient(w).data<float>();
  const int64_t O = w.rows(), I = w.cols();
  if (!grouping.whole_tensor()) {
    return for_each_row_part(O, I, grouping, [=, &scales](const GroupPlace& at) {
      const float* const ws = weights + at.first;
      const float dscale =
          backward(g + at.first, ws, at.n, scales[at.group], softmax, lambda, dw + at.first);
      pass_to_weights(dscale, at.n, ws, at.n, dw + at.first);
    });
  }
  std::vector<float> dscales(static_cast<size_t>(O));
  for_each_row_part(O, I, grouping, [=, &scales, &dscales](const GroupPlace& row) {
    dscales[row.first / I] =
        backward(g + row.first, weights + row.first, I, scales[0], softmax, lambda, dw + row.first);
  });
  const float dscale = kernels::lane_sum(O, [&](int64_t o) { return dscales[o]; });
  for_each_row_part(O, I, grouping, [=](const GroupPlace& row) {
    pass_to_weights(dscale, O * I, weights + row.first, I, dw + row.first);
  });
}

}  // namespace

Tensor softmax_quantize(const Tensor& w, Grouping grouping, float temperature, float lambda,
                        DType out) {
  constexpr const char* kOp = "softmax_quantize";
  check(temperature >= 0 && std::isfinite(temperature),
        "{}: the temperature must be 0 or more, found {}", kOp, temperature);
  if (temperature < kColdest) return fake_quantize(w, Absmean{}, grouping, lambda, out);
  const Zone zone(kOp);
  check(w.rank() == 2, "{}: expected a matrix, found the shape {}", kOp, to_string(w.shape()));
  check(lambda >= 0 && lambda <= 1, "{}: lambda must be between 0 and 1, found {}", kOp, lambda);
  const Tensor effective = Tensor::empty(w.shape(), out);
  effective.set_gradient_dtype(DType::f32);  // as that of all weights
  const float* const weights = w.data<const float>();
  const Softmax softmax(temperature);
  std::vector<float> scales = scales_of(w, grouping);
  for_float_type(kOp, out, [&]<class T>() {
    T* const numbers = effective.data<T>();
    for_each_row_part(w.rows(), w.cols(), grouping, [=, &scales](const GroupPlace& at) {
      forward(weights + at.first, at.n, scales[at.group], softmax, lambda, numbers + at.first);
    });
  });
  record(kOp, effective, {w}, [=, scales = std::move(scales)] {
    backward(effective, w, scales, grouping, softmax, lambda);
  });
  return effective;
}

}  // namespace tern
