#include "tern/ops/hadamard.h"

#include <bit>

#include "tern/kernels/hadamard.h"
#include "tern/ops/op.h"

namespace tern {
void check_hadamard_block(int64_t block, int64_t width) {
  check(block >= 2 && std::has_single_bit(static_cast<uint64_t>(block)),
        "hadamard must be a power of two, or 0 for none, found {}", block);
  check(width % block == 0,
        "hadamard: a layer's {} inputs are no whole number of blocks of {}; the largest block that "
        "fits is {}",
        width, block, width & -width);
}

Tensor hadamard(const Tensor& x, int64_t block) {
  const Zone zone("hadamard");
  check_hadamard_block(block, x.cols());
  const Tensor y = Tensor::empty(x.shape(), x.dtype());
  for_float_type("hadamard", x.dtype(), [&]<class T>() {
    kernels::hadamard_fwd<T>(matrix<const T>(x), block, matrix<T>(y));
  });
  record("hadamard", y, {x}, [=] {
    const auto [dx, fresh] = writable_gradient(x);
    const kernels::Into into = fresh ? kernels::Into::overwrite : kernels::Into::accumulate;
    for_float_type("hadamard", y.dtype(), [&, dx = dx]<class T>() {
      for_float_type("hadamard", dx.dtype(), [&]<class D>() {
        kernels::hadamard_bwd<T, D>(matrix<const T>(y.gradient_slot()), block, matrix<D>(dx), into);
      });
    });
  });
  return y;
}

void rotate_weights(const Tensor& w, int64_t block) {
  check_hadamard_block(block, w.cols());
  kernels::hadamard_fwd<float>(matrix<const float>(w), block, matrix<float>(w));
}

}  // namespace tern
