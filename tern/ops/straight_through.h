#pragma once

#include "tern/kernels/cast.h"
#include "tern/ops/op.h"

// What the .cc files of ops share whose gradient passes straight through.

namespace tern {

/// Adds the gradient of y to that of x, which has its shape. Nothing may read y's gradient
/// afterwards: x may take over its buffer.
inline void pass_straight_through(const char* op, const Tensor& y, const Tensor& x) {
  const Tensor dy = y.gradient_slot();
  if (!x.has_gradient() && x.gradient_dtype() == dy.dtype()) return x.set_gradient(dy);
  const Tensor dx = gradient(x);
  for_float_type(op, dy.dtype(), [&]<class From>() {
    for_float_type(op, dx.dtype(), [&]<class To>() {
      kernels::add_cast(dy.data<const From>(), dx.data<To>(), x.size());
    });
  });
}

}  // namespace tern
