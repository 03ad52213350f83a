#include "tern/model/linear_input.h"

#include "tern/knobs/knobs.h"
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

const Register<InputNorm> none(
    input_norms(), "none", [](const Tensor& x) { return x; }, "none", "");
const Register<InputNorm> rms(
    input_norms(), "rms", [](const Tensor& x) { return rms_norm(x, {}, kNormEpsilon, x.dtype()); },
    "divide by the root mean square of each token",
    "BitNet b1.58, arXiv 2402.17764: norm in BitLinear");

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

void InputOptions::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(bits), {.name = "activation_bits",
                              .meaning = "bits of a ternary layer's input, 2 to 8; 16: as computed",
                              .tries = "4 8 16",
                              .source = "8: BitNet b1.58, arXiv 2402.17764; 4: BitNet a4.8, arXiv "
                                        "2411.04965"});
  knobs.add(TERN_KNOB(scale),
            {.name = "activation_scale",
             .meaning = "what sets the scale to which a ternary layer's input is quantized",
             .choices = activation_quantizers().choices(),
             .acts = is_not(bits, 16)});
  knobs.add(TERN_KNOB(clip),
            {.name = "activation_clip",
             .meaning = "share of the largest magnitude at which inputs saturate; 1: none",
             .tries = "0.8 0.9 1",
             .source = "PACT, arXiv 1805.06085, with a fixed share",
             .acts = is_not(bits, 16)});
  knobs.add(TERN_KNOB(norm), {.name = "activation_norm",
                              .meaning = "norm without a gain of every ternary layer's input",
                              .choices = input_norms().choices()});
  knobs.add(TERN_KNOB(hadamard),
            {.name = "hadamard",
             .meaning = "rotate inputs and weights by blocks of so many, a power of two; 0: none",
             .tries = "0 64",
             .source = "BitNet v2, arXiv 2504.18415; QuaRot, arXiv 2404.00456",
             .acts = is(named("start"), "rounding")});
}

void InputOptions::check() const {
  const ActivationQuantizer& quantizer = activation_quantizers().at(scale);
  if (bits == 16) {
    tern::check(clip == 1,
                "--activation-clip {} needs --activation-bits below 16: at 16 nothing is quantized",
                clip);
  } else {
    quantizer.require(bits, clip);
  }
  input_norms().at(norm);
  if (hadamard != 0) check_hadamard_block(hadamard, hadamard);
}

}  // namespace tern
