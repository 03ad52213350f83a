#include "tern/ops/attention.h"

#include "tern/kernels/attention.h"
#include "tern/ops/op.h"

namespace tern {

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  const Zone zone("attention");
  check(q.rank() == 4 && k.rank() == 4,
        "attention: expected queries (B, T, H, D) and keys (B, T, K, D), found {} and {}",
        to_string(q.shape()), to_string(k.shape()));
  check_same_shape("attention", k, v);
  const kernels::AttentionShape shape{
      .B = q.dim(0), .T = q.dim(1), .H = q.dim(2), .K = k.dim(2), .D = q.dim(3)};
  check(k.shape() == Shape{shape.B, shape.T, shape.K, shape.D},
        "attention: keys of shape {} do not fit queries of shape {}", to_string(k.shape()),
        to_string(q.shape()));
  check(shape.K > 0 && shape.H % shape.K == 0,
        "attention: {} query heads cannot share {} key/value heads evenly", shape.H, shape.K);

  const Tensor y = Tensor::empty(q.shape(), q.dtype());
  const Tensor log_sum_exp = Tensor::empty({shape.B, shape.H, shape.T}, DType::f32);
  for_float_type("attention", q.dtype(), [&]<class T>() {
    kernels::attention_fwd(shape, q.data<const T>(), k.data<const T>(), v.data<const T>(),
                           y.data<T>(), log_sum_exp.data<float>());
  });

  record("attention", y, {q, k, v}, [=] {
    for_float_type("attention", q.dtype(), [&]<class T>() {
      kernels::attention_bwd(shape, y.gradient_slot().data<const T>(), q.data<const T>(),
                             k.data<const T>(), v.data<const T>(), y.data<const T>(),
                             log_sum_exp.data<const float>(), gradient(q).data<T>(),
                             gradient(k).data<T>(), gradient(v).data<T>());
    });
  });
  return y;
}

}  // namespace tern
