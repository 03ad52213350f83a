#include "tern/model/ternary_weight_learned.h"

namespace tern {

Registry<bool>& learned_inits() {
  static Registry<bool> registry("learned_init");
  return registry;
}

namespace {

const Register<bool> method(learned_inits(), "method", false,
                            "lsq: 2 mean |w|; elastic: the largest |w|",
                            "LSQ, arXiv 1902.08153; ParetoQ, arXiv 2502.02631");
const Register<bool> rule(learned_inits(), "rule", true, "the group rule's level", "");

void start_at(LearnedStart start, const Tensor& w, Grouping grouping, const Tensor& learned) {
  const float* const weights = w.data<const float>();
  float* const numbers = learned.data<float>();
  for_each_place(w.rows(), w.cols(), grouping, [=](const GroupPlace& at) {
    numbers[at.group] = std::max(start(weights + at.first, at.n), LearnedScales::kSmallest);
  });
}

}  // namespace

Tensor allocate_learned(const TernaryWeightSource& source, const char* what) {
  const Tensor& w = source.weight;
  const std::string name = source.name + ".learned_" + what;
  source.parameters.allocate({{name, {source.options.grouping().scale_count(w.rows(), w.cols())}}},
                             w.requires_grad());
  return source.parameters.at(name);
}

void start_at_rule(const TernaryWeightSource& source, float level, const Tensor& learned) {
  const Tensor& w = source.weight;
  float* const numbers = learned.data<float>();
  for_each_group(w.data<const float>(), w.rows(), w.cols(), source.options.grouping(),
                 GroupRule(source.options.rule),
                 [=](const GroupPlace& at, const int8_t*, float scale) {
                   numbers[at.group] = std::max(scale / level, LearnedScales::kSmallest);
                 });
}

LearnedTernaryWeight::LearnedTernaryWeight(const TernaryWeightSource& source, LearnedStep step,
                                           LearnedStart start)
    : weight_(source.weight),
      learned_(allocate_learned(source, "scale")),
      step_(step),
      grouping_(source.options.grouping()),
      state_(source.state) {
  if (learned_inits().at(source.options.learned_init)) {
    start_at_rule(source, step_.level, learned_);
  } else {
    start_at(start, weight_, grouping_, learned_);
  }
}

Tensor LearnedTernaryWeight::effective(DType type) const {
  return learned_quantize(weight_, learned_, step_, grouping_, state_.lambda, type);
}

Tensor LearnedTernaryWeight::codes() const { return quantized_codes(weight_, grouping_, scales()); }

PackedTernary LearnedTernaryWeight::pack() const {
  return quantize_and_pack(weight_, grouping_, scales());
}

}  // namespace tern
