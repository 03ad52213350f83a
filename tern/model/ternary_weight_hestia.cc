#include "tern/model/ternary_weight_kind.h"
#include "tern/ops/softmax_quantize.h"
#include "tern/quant/absmean.h"

namespace tern {
namespace {

/// Codes that a softmax mixes and that harden as the temperature falls; lambda is the paper's
/// pressure. Packing rounds by absmean, which is the limit at temperature 0. Its codes are those of
/// that limit: above it a weight of code 0 still counts in effective(), so dead_bias tequila, which
/// adds a share of such weights, counts them twice until the temperature is 0.
class HestiaWeight : public TernaryWeight {
 public:
  explicit HestiaWeight(const TernaryWeightSource& source)
      : weight_(source.weight), grouping_(source.options.grouping()), state_(source.state) {}

  Tensor effective(DType type) const override {
    return softmax_quantize(weight_, grouping_, state_.temperature, state_.lambda, type);
  }
  Tensor codes() const override { return quantized_codes(weight_, grouping_, Absmean{}); }
  PackedTernary pack() const override { return quantize_and_pack(weight_, grouping_, Absmean{}); }

 private:
  Tensor weight_;
  Grouping grouping_;
  const QuantizerState& state_;
};

std::unique_ptr<TernaryWeight> make(const TernaryWeightSource& source) {
  return std::make_unique<HestiaWeight>(source);
}

const Register<MakeTernaryWeight> registration(ternary_weights(), "hestia", make,
                                               "codes mixed by a softmax whose temperature falls",
                                               "Hestia, arXiv 2601.20745");

}  // namespace
}  // namespace tern
