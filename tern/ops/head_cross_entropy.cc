#include "tern/ops/head_cross_entropy.h"

#include <numeric>

#include "tern/kernels/cross_entropy.h"
#include "tern/ops/head_chunks.h"

namespace tern {

std::vector<float> head_negative_log_likelihood(const Tensor& x, const Tensor& w,
                                                std::span<const int32_t> targets) {
  const Zone zone("head");
  check_head_arguments(x, w, targets);
  std::vector<float> nll(targets.size());
  for_float_type("head", x.dtype(), [&]<class T>() {
    for_each_head_chunk<T>(x, w, targets, [&](int64_t begin, auto logits, auto chunk_targets) {
      kernels::cross_entropy_fwd(logits, chunk_targets, nll.data() + begin);
    });
  });
  return nll;
}

Tensor head_cross_entropy(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                          float weight) {
  const float scale = weight / static_cast<float>(std::max<int64_t>(counted_rows(targets), 1));
  std::vector<float> nll;
  Tensor dx;
  if (Tape::current() == nullptr) {
    nll = head_negative_log_likelihood(x, w, targets);
  } else {
    const Zone zone("head");
    check_head_arguments(x, w, targets);
    nll.resize(targets.size());
    dx = Tensor::empty(x.shape(), x.dtype());
    const Tensor dw = w.requires_grad() ? gradient(w) : Tensor();
    for_float_type("head", x.dtype(), [&]<class T>() {
      head_loss_and_gradients<T>(x, w, targets, dx, dw,
                                 [&](int64_t begin, auto logits, auto chunk_targets, auto dlogits) {
                                   const Zone inner("cross_entropy");
                                   kernels::cross_entropy_fwd_bwd<T>(logits, chunk_targets, scale,
                                                                     nll.data() + begin, dlogits);
                                 });
    });
  }
  const double sum = std::accumulate(nll.begin(), nll.end(), 0.0);
  const Tensor loss = Tensor::scalar(static_cast<float>(sum * scale));
  record_head_loss("head_cross_entropy", loss, x, w, dx);
  return loss;
}

}  // namespace tern
