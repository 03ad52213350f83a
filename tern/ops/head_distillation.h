#pragma once

#include <span>
#include <string>

#include "tern/ops/distillations.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// Language-model head and distillation in one:
///   weight * mean over the targets of [(1 - mix) cross-entropy + mix t^2 D(teacher, student)],
/// D a divergence over k + 1 outcomes, the teacher's k likeliest tokens and all others together, at
/// the teacher's temperature t; t^2 keeps its gradient's size (Hinton et al. 2015). With k = V it
/// is that of kl_loss. `kind` is a value of distillations() other than "none". x, w and targets as
/// in head_cross_entropy, the teacher's rows are those of x; logits exist for a chunk of rows only.
///
/// The gradients are made with the loss, as in head_cross_entropy: x may feed no other op, and
/// nothing may scale the loss but `weight`. Further losses are added: `head_distillation(...) +
/// scale(cosine_loss(...), 0.1f)` (tern/ops/operators.h). They may look at what x is made from,
/// such as the blocks' outputs (Taps of tern/model/llama.h).
Tensor head_distillation(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                         const TeacherTokens& teacher, const std::string& kind, float mix,
                         float weight = 1.0f);

}  // namespace tern
