#pragma once

#include "tern/model/ternary_weight_kind.h"
#include "tern/ops/learned_quantize.h"

namespace tern {

/// Where the learned number of a group starts when learned_init is `method`.
using LearnedStart = float (*)(const float* w, int64_t n);

/// A ternary weight whose scales are learned, its threshold half of them. Training uses them
/// rounded to float16, so that the trained model is the stored one.
class LearnedTernaryWeight : public TernaryWeight {
 public:
  LearnedTernaryWeight(const TernaryWeightSource& source, LearnedStep step, LearnedStart start);

  Tensor effective(DType type) const override;
  Tensor codes() const override;
  PackedTernary pack() const override;

 private:
  LearnedScales scales() const { return {learned_.data<const float>(), step_.level}; }

  Tensor weight_, learned_;
  LearnedStep step_;
  Grouping grouping_;
  const QuantizerState& state_;
};

/// Allocates the parameter "<weight>.learned_<what>", one number a group, uninitialised.
Tensor allocate_learned(const TernaryWeightSource& source, const char* what);

/// Starts learned numbers where level * a is the scale of the group rule.
void start_at_rule(const TernaryWeightSource& source, float level, const Tensor& learned);

}  // namespace tern
