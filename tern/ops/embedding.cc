#include "tern/ops/embedding.h"

#include "tern/kernels/embedding.h"
#include "tern/ops/op.h"

namespace tern {

Tensor embedding(std::span<const int32_t> ids, const Tensor& table, DType out) {
  const Zone zone("embedding");
  check(table.rank() == 2, "embedding: expected a table (V, C), found {}",
        to_string(table.shape()));
  for (const int32_t id : ids) {
    check(id >= 0 && id < table.dim(0), "embedding: id {} is outside the vocabulary of {}", id,
          table.dim(0));
  }
  const Tensor y = Tensor::empty({static_cast<int64_t>(ids.size()), table.cols()}, out);
  for_float_type("embedding", out, [&]<class T>() {
    kernels::embedding_fwd(ids, matrix<const float>(table), matrix<T>(y));
  });

  record("embedding", y, {table}, [=, kept = std::vector<int32_t>(ids.begin(), ids.end())] {
    for_float_type("embedding", out, [&]<class T>() {
      kernels::embedding_bwd(kept, matrix<const T>(y.gradient_slot()),
                             matrix<float>(gradient(table)));
    });
  });
  return y;
}

}  // namespace tern
