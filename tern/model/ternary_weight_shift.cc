#include "tern/model/ternary_weight_learned.h"
#include "tern/ops/learned_quantize_shift.h"

namespace tern {
namespace {

/// TernaryLLM's dual learnable ternarization: codes of the group rule, a learned scale, which
/// starts at the rule's level, and a learned shift, which starts at 0.
class ShiftedWeight : public TernaryWeight {
 public:
  explicit ShiftedWeight(const TernaryWeightSource& source)
      : weight_(source.weight),
        scales_(allocate_learned(source, "scale")),
        shifts_(allocate_learned(source, "shift")),
        rule_(source.options.rule),
        grouping_(source.options.grouping()),
        state_(source.state) {
    start_at_rule(source, /*level=*/1, scales_);
    std::ranges::fill(shifts_.values<float>(), 0.0f);
  }

  Tensor effective(DType type) const override {
    return learned_quantize_shift(weight_, rule_, scales_, shifts_, grouping_, state_.lambda, type);
  }
  Tensor codes() const override { return quantized_codes(weight_, grouping_, rule_); }
  PackedTernary pack() const override {
    const LearnedLevels levels{rule_, {scales_.data<const float>(), 1.0f}};
    PackedTernary packed = quantize_and_pack(weight_, grouping_, levels);
    for (const float shift : shifts_.values<const float>()) packed.shifts.push_back(f16(shift));
    return packed;
  }

 private:
  Tensor weight_, scales_, shifts_;
  GroupRule rule_;
  Grouping grouping_;
  const QuantizerState& state_;
};

std::unique_ptr<TernaryWeight> make(const TernaryWeightSource& source) {
  return std::make_unique<ShiftedWeight>(source);
}

const Register<MakeTernaryWeight> registration(
    ternary_weights(), "shift", make,
    "codes of the group rule, learned scale and shift of each group",
    "TernaryLLM, arXiv 2406.07177");

}  // namespace
}  // namespace tern
