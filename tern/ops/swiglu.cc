#include "tern/ops/swiglu.h"

#include "tern/kernels/swiglu.h"
#include "tern/ops/op.h"

namespace tern {

Tensor swiglu(const Tensor& gate, const Tensor& up) {
  const Zone zone("swiglu");
  check_same_shape("swiglu", gate, up);
  check(gate.dtype() == up.dtype(), "swiglu: the gate is {}, the other input {}; cast one of them",
        name_of(gate.dtype()), name_of(up.dtype()));
  const Tensor y = Tensor::empty(gate.shape(), gate.dtype());
  for_float_type("swiglu", y.dtype(), [&]<class T>() {
    kernels::swiglu_fwd(matrix<const T>(gate), matrix<const T>(up), matrix<T>(y));
  });

  record("swiglu", y, {gate, up}, [=] {
    for_float_type("swiglu", y.dtype(), [&]<class T>() {
      kernels::swiglu_bwd(matrix<const T>(y.gradient_slot()), matrix<const T>(gate),
                          matrix<const T>(up), matrix<T>(gradient(gate)), matrix<T>(gradient(up)));
    });
  });
  return y;
}

}  // namespace tern
