#include "tern/ops/softmax_quantize.h"

#include <cmath>
#include <vector>

#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/ops/fake_quantize.h"
#include "tern/ops/op.h"
#include "tern/quant/absmean.h"

namespace tern {
namespace {

/// Below it the softmax is hard in float32.
constexpr float kColdest = 1e-6f;

/// The mean code E of a weight u >= 0 in units of its scale, and dE / du, which is 2 / temperature
/// times the variance of the code.
struct SoftCode {
  float mean, slope;
};

inline SoftCode soft_code(float u, float inverse_temperature) {
  // Relative to code 0, whose exponent cancels, +1 weighs e^((2u - 1) / temperature) and -1
  // e^((-2u - 1) / temperature). Beyond e^80 nothing changes, but infinities would come.
  constexpr float kLargest = 80.0f;
  const float exponent = (2.0f * u - 1.0f) * inverse_temperature;
  const float plus = kernels::fast_exp(exponent > kLargest ? kLargest : exponent);
  const float minus = kernels::fast_exp(-(2.0f * u + 1.0f) * inverse_temperature);
  const float zero = 1.0f / (1.0f + plus + minus);
  const float p = plus * zero, m = minus * zero;
  return {p - m, 2.0f * inverse_temperature * (zero * (p + m) + 4.0f * p * m)};
}

/// What a group's weights are multiplied by; an all-zero group's stay 0.
float inverse_of(float scale) { return scale == 0 ? 0.0f : 1.0f / scale; }

template <class Out>
void forward(const float* w, int64_t n, float inverse_temperature, float lambda, Out* effective) {
  const float scale = stored_scale(absmean(w, n)), inverse = inverse_of(scale);
  for (int64_t i = 0; i < n; ++i) {
    const float mean = soft_code(std::abs(w[i]) * inverse, inverse_temperature).mean;
    const float soft = std::copysign(scale * mean, w[i]);
    effective[i] = static_cast<Out>(lambda == 1.0f ? soft : w[i] + lambda * (soft - w[i]));
  }
}

/// Adds into dw (n). `terms` is working memory for n numbers.
void backward(const float* g, const float* w, int64_t n, float inverse_temperature, float lambda,
              float* terms, float* dw) {
  const float inverse = inverse_of(stored_scale(absmean(w, n)));
  for (int64_t i = 0; i < n; ++i) {
    const float u = std::abs(w[i]) * inverse;
    const auto [mean, slope] = soft_code(u, inverse_temperature);
    dw[i] += g[i] * (1.0f + lambda * (slope - 1.0f));
    terms[i] = g[i] * std::copysign(1.0f, w[i]) * (mean - u * slope);
  }
  // d q / d scale, and d scale / d w = sign(w) / n.
  const float sum = kernels::lane_sum(n, [=](int64_t i) { return terms[i]; });
  const float each = lambda * sum / static_cast<float>(n);
  for (int64_t i = 0; i < n; ++i) {
    dw[i] += (w[i] > 0 ? each : 0.0f) - (w[i] < 0 ? each : 0.0f);
  }
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
  const float inverse = 1.0f / temperature;
  for_float_type(kOp, out, [&]<class T>() {
    T* const numbers = effective.data<T>();
    for_each_place(w.rows(), w.cols(), grouping, [=](const GroupPlace& at) {
      forward(weights + at.first, at.n, inverse, lambda, numbers + at.first);
    });
  });
  record(kOp, effective, {w}, [=] {
    const float* const g = effective.gradient_slot().data<const float>();
    float* const dw = gradient(w).data<float>();
    for_each_place(w.rows(), w.cols(), grouping,
                   [=, terms = std::vector<float>()](const GroupPlace& at) mutable {
                     terms.resize(std::max(terms.size(), static_cast<size_t>(at.n)));
                     backward(g + at.first, weights + at.first, at.n, inverse, lambda, terms.data(),
                              dw + at.first);
                   });
  });
  return effective;
}

}  // namespace tern
