#pragma once

#include "tern/autograd/tape.h"
#include "tern/base/error.h"
#include "tern/base/profile.h"
#include "tern/kernels/elementwise.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// y = forward(x), number by number, for any function of one float. `derivative(x, y)` is dy/dx, or
/// whatever the function declares it to be (straight-through). x f32 of any shape. `op` is a
/// literal that names the function in errors and in the profile. A recipe writes its own like this:
///
///     Tensor y = unary("cube", x, [](float x) { return x * x * x; },
///                      [](float x, float) { return 3 * x * x; });
template <class Forward, class Derivative>
Tensor unary(const char* op, const Tensor& x, Forward forward, Derivative derivative) {
  using kernels::Matrix;
  const Zone zone(op);
  check(x.dtype() == DType::f32, "{}: expected an f32 tensor, found {}; cast it first", op,
        name_of(x.dtype()));
  const Tensor y = Tensor::empty(x.shape(), DType::f32);
  const int64_t n = x.size();
  const auto in = [n](const Tensor& t) { return Matrix<const float>(t.data<float>(), 1, n); };
  kernels::elementwise(kernels::Into::overwrite, {y.data<float>(), 1, n}, forward, in(x));

  record(op, y, {x}, [=] {
    const auto [dx, fresh] = writable_gradient(x);
    const auto slope = [=](float dy, float x, float y) { return dy * derivative(x, y); };
    kernels::elementwise(fresh ? kernels::Into::overwrite : kernels::Into::accumulate,
                         {dx.template data<float>(), 1, n}, slope, in(y.gradient_slot()), in(x),
                         in(y));
  });
  return y;
}

Tensor neg(const Tensor& x);
/// |x|; the derivative at 0 is 0.
Tensor abs(const Tensor& x);
Tensor square(const Tensor& x);
Tensor sqrt(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor tanh(const Tensor& x);
/// 1 / (1 + e^-x).
Tensor sigmoid(const Tensor& x);
/// max(x, 0); the derivative at 0 is 0.
Tensor relu(const Tensor& x);
/// x sigmoid(x).
Tensor silu(const Tensor& x);
/// -1, 0 or 1; the derivative is 0.
Tensor sign(const Tensor& x);
/// The nearest whole number, ties to even; the derivative is declared to be 1 (straight-through).
Tensor round(const Tensor& x);
/// x held between two bounds; the derivative is 1 from bound to bound and 0 outside.
Tensor clamp(const Tensor& x, float low, float high);
/// x times a constant.
Tensor scale(const Tensor& x, float factor);
/// x plus a constant.
Tensor add(const Tensor& x, float constant);

}  // namespace tern
