#include "tern/ops/unary.h"

#include <cmath>

#include "tern/kernels/math.h"

// One function after another, each with its derivative; nothing else knows of them.

namespace tern {

Tensor neg(const Tensor& x) {
  return unary(
      "neg", x, [](float x) { return -x; }, [](float, float) { return -1.0f; });
}

Tensor abs(const Tensor& x) {
  return unary(
      "abs", x, [](float x) { return std::abs(x); },
      [](float x, float) { return static_cast<float>((x > 0) - (x < 0)); });
}

Tensor square(const Tensor& x) {
  return unary(
      "square", x, [](float x) { return x * x; }, [](float x, float) { return 2 * x; });
}

Tensor sqrt(const Tensor& x) {
  return unary(
      "sqrt", x, [](float x) { return std::sqrt(x); }, [](float, float y) { return 0.5f / y; });
}

Tensor exp(const Tensor& x) {
  return unary(
      "exp", x, [](float x) { return kernels::fast_exp(x); }, [](float, float y) { return y; });
}

Tensor log(const Tensor& x) {
  return unary(
      "log", x, [](float x) { return std::log(x); }, [](float x, float) { return 1.0f / x; });
}

Tensor tanh(const Tensor& x) {
  return unary(
      "tanh", x, [](float x) { return std::tanh(x); }, [](float, float y) { return 1 - y * y; });
}

Tensor sigmoid(const Tensor& x) {
  return unary(
      "sigmoid", x, [](float x) { return kernels::sigmoid(x); },
      [](float, float y) { return y * (1 - y); });
}

Tensor relu(const Tensor& x) {
  // Written so that NaN stays NaN.
  return unary(
      "relu", x, [](float x) { return x < 0 ? 0.0f : x; },
      [](float x, float) { return x > 0 ? 1.0f : 0.0f; });
}

Tensor silu(const Tensor& x) {
  return unary(
      "silu", x, [](float x) { return x * kernels::sigmoid(x); },
      [](float x, float y) {
        const float s = kernels::sigmoid(x);
        return s + y * (1 - s);
      });
}

Tensor sign(const Tensor& x) {
  return unary(
      "sign", x, [](float x) { return static_cast<float>((x > 0) - (x < 0)); },
      [](float, float) { return 0.0f; });
}

Tensor round(const Tensor& x) {
  return unary(
      "round", x, [](float x) { return std::rint(x); }, [](float, float) { return 1.0f; });
}

Tensor clamp(const Tensor& x, float low, float high) {
  check(low <= high, "clamp: the bounds {} and {} are out of order", low, high);
  return unary(
      "clamp", x, [=](float x) { return x < low    ? low
                                        : x > high ? high
                                                   : x; },
      [=](float x, float) { return x >= low && x <= high ? 1.0f : 0.0f; });
}

Tensor scale(const Tensor& x, float factor) {
  return unary(
      "scale", x, [=](float x) { return x * factor; }, [=](float, float) { return factor; });
}

Tensor add(const Tensor& x, float constant) {
  return unary(
      "add", x, [=](float x) { return x + constant; }, [](float, float) { return 1.0f; });
}

}  // namespace tern
