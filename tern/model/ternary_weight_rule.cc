#include "tern/base/rng.h"
#include "tern/model/ternary_weight_kind.h"
#include "tern/ops/fake_quantize.h"

namespace tern {
namespace {

/// A number for a name (FNV-1a), the same everywhere.
uint64_t number_of(const std::string& name) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

/// Any group rule, the gradient straight through.
class RuleWeight : public TernaryWeight {
 public:
  explicit RuleWeight(const TernaryWeightSource& source)
      : weight_(source.weight),
        rule_(source.options.rule),
        grouping_(source.options.grouping()),
        stream_(mix64(source.options.seed) ^ number_of(source.name)),
        state_(source.state) {}

  Tensor effective(DType type) const override {
    return with_quantizer([&](const auto& quantizer) {
      return fake_quantize(weight_, quantizer, grouping_, state_.lambda, type);
    });
  }
  Tensor codes() const override {
    return with_quantizer(
        [&](const auto& quantizer) { return quantized_codes(weight_, grouping_, quantizer); });
  }
  PackedTernary pack() const override { return quantize_and_pack(weight_, grouping_, rule_); }

 private:
  template <class Use>
  Tensor with_quantizer(const Use& use) const {
    if (!rule_.random() || state_.nearest) return use(rule_);
    return use(rule_.at(mix64(stream_ + static_cast<uint64_t>(state_.step))));
  }

  Tensor weight_;
  GroupRule rule_;
  Grouping grouping_;
  uint64_t stream_;
  const QuantizerState& state_;
};

std::unique_ptr<TernaryWeight> make(const TernaryWeightSource& source) {
  return std::make_unique<RuleWeight>(source);
}

const Register<MakeTernaryWeight> registration(
    ternary_weights(), "rule", make,
    "by --scale, --threshold, --level, --zeros, --pattern and --rounding, straight through",
    "Bengio et al., arXiv 1308.3432");

}  // namespace
}  // namespace tern
