#include "tern/ops/token_quantize.h"

#include "tern/kernels/token_quantize.h"
#include "tern/ops/activation_quantizer.h"
#include "tern/ops/straight_through.h"

namespace tern {
namespace {

/// forward(x, y) and backward(dy, x, dx) are the kernels.
template <class Forward, class Backward>
Tensor quantize(const char* op, const Tensor& x, float clip, Forward forward, Backward backward) {
  const Zone zone(op);
  const Tensor y = Tensor::empty(x.shape(), x.dtype());
  for_float_type(op, x.dtype(), [&]<class T>() { forward(matrix<const T>(x), matrix<T>(y)); });
  record(op, y, {x}, [=] {
    if (clip == 1) return pass_straight_through(op, y, x);
    const Tensor dy = y.gradient_slot(), dx = gradient(x);
    for_float_type(op, x.dtype(), [&]<class T>() {
      for_float_type(op, dx.dtype(), [&]<class D>() {
        backward(matrix<const T>(dy), matrix<const T>(x), matrix<D>(dx));
      });
    });
  });
  return y;
}

const Register<ActivationQuantizer> token(activation_quantizers(), "token",
                                          {token_quantize, require_clipped_bits},
                                          "the largest magnitude of each token",
                                          "BitNet b1.58, arXiv 2402.17764");
const Register<ActivationQuantizer> channel(activation_quantizers(), "channel",
                                            {channel_quantize, require_clipped_bits},
                                            "the largest magnitude of each channel so far", "");
}  // namespace

Tensor token_quantize(const Tensor& x, int bits, float clip, float lambda) {
  require_clipped_bits(bits, clip);
  return quantize(
      "token_quantize", x, clip,
      [=]<class T>(auto in, kernels::Matrix<T> out) {
        kernels::token_quantize_fwd<T>(in, bits, clip, lambda, out);
      },
      [=](auto dy, auto in, auto dx) { kernels::token_quantize_bwd(dy, in, clip, lambda, dx); });
}

Tensor channel_quantize(const Tensor& x, int bits, float clip, float lambda) {
  require_clipped_bits(bits, clip);
  const int64_t T = x.rank() > 1 ? x.dim(x.rank() - 2) : 1;
  return quantize(
      "channel_quantize", x, clip,
      [=]<class V>(auto in, kernels::Matrix<V> out) {
        kernels::channel_quantize_fwd<V>(in, T, bits, clip, lambda, out);
      },
      [=](auto dy, auto in, auto dx) {
        kernels::channel_quantize_bwd(dy, in, T, clip, lambda, dx);
      });
}

}  // namespace tern
