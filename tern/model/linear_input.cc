#include "tern/model/linear_input.h"

#include "tern/base/registry.h"
#include "tern/ops/activation_quantizer.h"
#include "tern/ops/hadamard.h"
#include "tern/ops/rms_norm.h"

namespace tern {
namespace {

/// Inside a root: keeps a token of zeros at zeros (the papers' epsilon, and Llama's).
constexpr float kNormEpsilon = 1e-5f;

using InputNorm = Tensor (*)(const Tensor& x);

Registry<InputNorm>& input_norms() {
  static Registry<InputNorm> all("activation_norm");
  return all;
}

const RegisterArm norm_arm({"activation_norm", "",
                            "norm without a gain of every ternary layer's input", ""});
const Register<InputNorm> none(
    input_norms(), "none", [](const Tensor& x) { return x; }, "none", "");
const Register<InputNorm> rms(
    input_norms(), "rms", [](const Tensor& x) { return rms_norm(x, {}, kNormEpsilon, x.dtype()); },
    "divide by the root mean square of each token",
    "BitNet b1.58, arXiv 2402.17764: norm in BitLinear");

const RegisterArm bits_arm({"activation_bits", "",
                            "bits of a ternary layer's input, 2 to 8; 16: none", ""});
const RegisterArm sixteen_bits({"activation_bits", "16", "as computed", ""});
const RegisterArm eight_bits({"activation_bits", "8", "integers of 8 bits",
                              "BitNet b1.58, arXiv 2402.17764"});
const RegisterArm four_bits({"activation_bits", "4", "integers of 4 bits",
                             "BitNet a4.8, arXiv 2411.04965"});

}  // namespace

Tensor prepare_input(const Tensor& x, const InputOptions& how, const Tensor& sub_norm_gain,
                     float lambda) {
  Tensor input = x;
  if (sub_norm_gain.defined()) input = rms_norm(input, sub_norm_gain, kNormEpsilon, x.dtype());
  input = input_norms().at(how.norm)(input);
  if (how.hadamard != 0) input = hadamard(input, how.hadamard);
  if (how.bits == 16) return input;
  return activation_quantizers().at(how.scale).quantize(input, how.bits, how.clip, lambda);
}

Tensor SharedInput::prepare(const Tensor& x, const InputOptions& how, const Tensor& sub_norm_gain,
                            float lambda) {
  if (sub_norm_gain.defined())
    return prepare_input(x, how, sub_norm_gain, lambda);  // a layer's own
  if (x_.defined() && x_.same_as(x)) return prepared_;
  x_ = x;
  prepared_ = prepare_input(x, how, {}, lambda);
  return prepared_;
}

void check_input_options(const InputOptions& options) {
  const ActivationQuantizer& quantizer = activation_quantizers().at(options.scale);
  if (options.bits == 16) {
    check(options.clip == 1,
          "--activation-clip {} needs --activation-bits below 16: at 16 nothing is quantized",
          options.clip);
  } else {
    quantizer.require(options.bits, options.clip);
  }
  input_norms().at(options.norm);
  if (options.hadamard != 0) check_hadamard_block(options.hadamard, options.hadamard);
}

}  // namespace tern
