#include "tern/ops/cast.h"

#include "tern/kernels/cast.h"
#include "tern/ops/op.h"

namespace tern {
namespace {

Tensor converted(const Tensor& x, DType to) {
  const Zone zone("cast");
  const Tensor y = Tensor::empty(x.shape(), to);
  for_float_type("cast", x.dtype(), [&]<class From>() {
    for_float_type("cast", to, [&]<class To>() {
      kernels::cast(x.data<const From>(), y.data<To>(), x.size());
    });
  });
  return y;
}

}  // namespace

Tensor cast(const Tensor& x, DType to) {
  if (x.dtype() == to) return x;
  const Tensor y = converted(x, to);
  record("cast", y, {x}, [=] {
    const Tensor dy = y.gradient_slot(), dx = gradient(x);
    for_float_type("cast", dy.dtype(), [&]<class From>() {
      for_float_type("cast", dx.dtype(), [&]<class To>() {
        kernels::add_cast(dy.data<const From>(), dx.data<To>(), x.size());
      });
    });
  });
  return y;
}

Tensor weight_as(const Tensor& w, DType to) {
  if (w.dtype() == to) return w;
  const Tensor copy = converted(w, to);
  share_gradient(w, copy);
  return copy;
}

Tensor weight_as(const Tensor& w, DType stored, DType to) {
  if (stored == DType::f32 || stored == to) return weight_as(w, to);
  const Tensor copy = converted(converted(w, stored), to);
  share_gradient(w, copy);
  return copy;
}

}  // namespace tern
