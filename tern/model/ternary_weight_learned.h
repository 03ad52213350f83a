#pragma once

#include "tern/model/ternary_weight_kind.h"
#include "tern/ops/learned_quantize.h"

namespace tern {

/// A ternary weight whose scales, and shifts if it has any, are learned. Training uses them rounded
/// to float16, so that the trained model is the stored one.
class LearnedTernaryWeight : public TernaryWeight {
 public:
  enum class Shifts { none, learned };
  /// Where learned numbers start when learned_init is `method`.
  enum class Start { rule, absmax };

  LearnedTernaryWeight(const TernaryWeightSource& source, LearnedStep step, Shifts shifts,
                       Start start);

  Tensor effective(DType type) const override;
  Tensor codes() const override;
  PackedTernary pack() const override;

 private:
  LearnedScales scales() const { return {learned_.data<const float>(), step_.level}; }

  Tensor weight_, learned_, shifts_;
  LearnedStep step_;
  Grouping grouping_;
  const QuantizerState& state_;
};

/// Throws when the group rule of learned scales, which only sets their start, says more than that.
void check_learned(const TernaryWeightOptions& options);

}  // namespace tern
