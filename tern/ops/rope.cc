#include "tern/ops/rope.h"

#include "tern/ops/op.h"

namespace tern {

Tensor rope(const Tensor& x, std::shared_ptr<const kernels::RopeTable> table, int64_t first) {
  const Zone zone("rope");
  check(x.rank() == 4, "rope: expected a tensor (B, T, H, D), found {}", to_string(x.shape()));
  const kernels::RopeShape shape{x.dim(0), x.dim(1), x.dim(2), x.dim(3), first};
  check(shape.D == 2 * table->half, "rope: a table of {} pairs does not fit heads of width {}",
        table->half, shape.D);
  check(first >= 0 && first + shape.T <= table->length,
        "rope: positions {} to {} are outside a table of {}", first, first + shape.T - 1,
        table->length);
  const Tensor y = Tensor::empty(x.shape(), x.dtype());
  for_float_type("rope", x.dtype(), [&]<class T>() {
    kernels::rope_fwd(x.data<const T>(), *table, y.data<T>(), shape);
  });

  record("rope", y, {x}, [=] {
    for_float_type("rope", x.dtype(), [&]<class T>() {
      kernels::rope_bwd(y.gradient_slot().data<const T>(), *table, gradient(x).data<T>(), shape);
    });
  });
  return y;
}

}  // namespace tern
