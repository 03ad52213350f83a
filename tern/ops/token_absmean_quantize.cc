#include "tern/ops/token_absmean_quantize.h"

#include "tern/kernels/token_absmean_quantize.h"
#include "tern/ops/activation_quantizer.h"
#include "tern/ops/straight_through.h"

namespace tern {
namespace {

constexpr const char* kOp = "token_absmean_quantize";

const Register<ActivationQuantizer> absmean(
    activation_quantizers(), "absmean",
    {[](const Tensor& x, int, float, float lambda) { return token_absmean_quantize(x, lambda); },
     [](int bits, float clip) {
       check(bits == 4,
             "--activation-scale absmean is defined for 4 bits, found --activation-bits {}", bits);
       check(clip == 1,
             "--activation-scale absmean saturates by itself; --activation-clip must be 1");
     }},
    "the mean magnitude of each token; 4 bits, -8 to 7", "BitNet a4.8, arXiv 2411.04965");

}  // namespace

Tensor token_absmean_quantize(const Tensor& x, float lambda) {
  const Zone zone(kOp);
  const Tensor y = Tensor::empty(x.shape(), x.dtype());
  for_float_type(kOp, x.dtype(), [&]<class T>() {
    kernels::token_absmean_quantize_fwd<T>(matrix<const T>(x), lambda, matrix<T>(y));
  });
  record(kOp, y, {x}, [=] { pass_straight_through(kOp, y, x); });
  return y;
}

}  // namespace tern
