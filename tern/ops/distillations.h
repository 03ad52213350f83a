#pragma once

#include <span>
#include <vector>

#include "tern/knobs/registry.h"
#include "tern/ops/teacher_tokens.h"

namespace tern {

/// How much of each divergence between teacher p and student q a token's loss has; 1 in all is the
/// plain mean over tokens.
struct DivergenceWeights {
  float forward = 0;  // of KL(p || q)
  float reverse = 0;  // of KL(q || p)
};

/// A kind of distillation by logits: fills `weights` (N) from what the teacher says of N tokens.
/// Rows whose target is -1 do not count.
using DistillationKind = void (*)(const TeacherTokens& teacher, std::span<const int32_t> targets,
                                  std::vector<DivergenceWeights>& weights);

/// The kinds by the value of the knob `distill`; "none" is null.
Registry<DistillationKind>& distillations();

}  // namespace tern
