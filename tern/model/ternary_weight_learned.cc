#include "tern/model/ternary_weight_learned.h"

#include "tern/quant/absmax.h"

namespace tern {
namespace {

using Start = LearnedTernaryWeight::Start;

/// The values of the field learned_init: whether the group rule sets the start for all quantizers.
Registry<bool>& learned_inits() {
  static Registry<bool> registry("learned_init");
  return registry;
}
const RegisterArm field({"learned_init", "", "where learned scales start", ""});
const Register<bool> method(learned_inits(), "method", false,
                            "lsq, shift: the group rule's level; elastic: the largest |w|",
                            "ParetoQ, arXiv 2502.02631");
const Register<bool> rule(learned_inits(), "rule", true, "the group rule's level", "");

void fill_from_rule(const Tensor& weight, const TernaryWeightOptions& options, LearnedStep step,
                    float* learned) {
  for_each_group(weight.data<const float>(), weight.rows(), weight.cols(), options.grouping,
                 GroupRule(options.rule), [=](const GroupPlace& at, const int8_t*, float scale) {
                   learned[at.group] = scale / step.level;
                 });
}

void fill_from_absmax(const Tensor& weight, Grouping grouping, float* learned) {
  const float* const w = weight.data<const float>();
  for_each_place(weight.rows(), weight.cols(), grouping,
                 [=](const GroupPlace& at) { learned[at.group] = absmax(w + at.first, at.n); });
}

}  // namespace

LearnedTernaryWeight::LearnedTernaryWeight(const TernaryWeightSource& source, LearnedStep step,
                                           Shifts shifts, Start start)
    : weight_(source.weight),
      step_(step),
      grouping_(source.options.grouping),
      state_(source.state) {
  const Shape shape = {grouping_.scale_count(weight_.rows(), weight_.cols())};
  std::vector<Parameters::Declaration> declared = {{source.name + ".learned_scale", shape}};
  if (shifts == Shifts::learned) declared.push_back({source.name + ".learned_shift", shape});
  source.parameters.allocate(declared, weight_.requires_grad());

  learned_ = source.parameters.at(declared[0].name);
  if (start == Start::rule || learned_inits().at(source.options.learned_init)) {
    fill_from_rule(weight_, source.options, step_, learned_.data<float>());
  } else {
    fill_from_absmax(weight_, grouping_, learned_.data<float>());
  }
  for (float& number : learned_.values<float>()) {
    number = std::max(number, LearnedScales::kSmallest);
  }
  if (shifts == Shifts::learned) {
    shifts_ = source.parameters.at(declared[1].name);
    std::ranges::fill(shifts_.values<float>(), 0.0f);
  }
}

Tensor LearnedTernaryWeight::effective(DType type) const {
  return learned_quantize(weight_, learned_, shifts_, step_, grouping_, state_.lambda, type);
}

Tensor LearnedTernaryWeight::codes() const { return quantized_codes(weight_, grouping_, scales()); }

PackedTernary LearnedTernaryWeight::pack() const {
  PackedTernary packed = quantize_and_pack(weight_, grouping_, scales());
  if (shifts_.defined()) {
    for (const float shift : shifts_.values<const float>()) packed.shifts.push_back(f16(shift));
  }
  return packed;
}

void check_learned(const TernaryWeightOptions& options) {
  const GroupRuleOptions& start = options.rule;
  learned_inits().at(options.learned_init);
  check(start.zeros == 0 && start.pattern == "none" && start.rounding == "nearest",
        "--quantizer {} rounds w / scale to the nearest code: leave --zeros, --pattern and "
        "--rounding at their defaults",
        options.quantizer);
  check(start.level != "scale" || start.threshold == GroupRuleOptions().threshold,
        "the threshold of --quantizer {} is half its learned scale, which starts at --level scale: "
        "leave --threshold at {}, found {}",
        options.quantizer, GroupRuleOptions().threshold, start.threshold);
}

}  // namespace tern
