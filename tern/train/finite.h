#pragma once

#include "tern/model/llama.h"

namespace tern {

/// Throws an Error naming the step, the first weight that is not finite (or the largest), and a
/// hint, unless the loss is finite.
void require_finite(double loss, int64_t step, const Llama& model);

/// Euclidean norm of all gradients together. Throws an Error naming the step, the first parameter
/// whose gradient is not finite, and a hint.
double finite_gradient_norm(const Llama& model, int64_t step);

}  // namespace tern
