#include "tern/ops/token_quantize.h"

#include "tern/kernels/cast.h"
#include "tern/kernels/token_quantize.h"
#include "tern/ops/op.h"

namespace tern {
namespace {

/// The straight-through gradient. Nothing else reads y's gradient, so x may take over its buffer.
void pass_straight_through(const Tensor& y, const Tensor& x) {
  const Tensor dy = y.gradient_slot();
  if (!x.has_gradient() && x.gradient_dtype() == dy.dtype()) return x.set_gradient(dy);
  const Tensor dx = gradient(x);
  for_float_type("token_quantize", dy.dtype(), [&]<class From>() {
    for_float_type("token_quantize", dx.dtype(), [&]<class To>() {
      kernels::add_cast(dy.data<const From>(), dx.data<To>(), x.size());
    });
  });
}

template <class Kernel>
Tensor quantize(const char* op, const Tensor& x, int bits, Kernel&& kernel) {
  const Zone zone(op);
  check(bits >= 2 && bits <= 8, "{}: activations take 2 to 8 bits, found {}", op, bits);
  const Tensor y = Tensor::empty(x.shape(), x.dtype());
  for_float_type(op, x.dtype(), [&]<class T>() { kernel(matrix<const T>(x), matrix<T>(y)); });
  record(op, y, {x}, [=] { pass_straight_through(y, x); });
  return y;
}

}  // namespace

Tensor token_quantize(const Tensor& x, int bits) {
  return quantize("token_quantize", x, bits, [&]<class T>(auto in, kernels::Matrix<T> out) {
    kernels::token_quantize_fwd<T>(in, bits, out);
  });
}

Tensor channel_quantize(const Tensor& x, int bits) {
  return quantize("channel_quantize", x, bits, [&]<class T>(auto in, kernels::Matrix<T> out) {
    kernels::channel_quantize_fwd<T>(in, bits, out);
  });
}

}  // namespace tern
