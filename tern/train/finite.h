#pragma once

#include "tern/data/eval_set.h"
#include "tern/model/llama.h"

namespace tern {

/// Perplexity, e^(mean nats per predicted token), and bits per byte of the text.
struct Evaluation {
  double ppl = 0;
  double bpb = 0;
  int64_t tokens = 0;  // predicted
};

/// Scores the model as it is now on the first `max_tokens` tokens of the set (0: all), in
/// non-overlapping windows (see EvalSet::window_of); the tail is dropped. This is the
/// run's own look at itself; the score of record is made by `tern eval` on the packed model.
Evaluation evaluate(Llama& model, const EvalSet& set, int64_t max_tokens);

/// Throws an Error naming the step, the first weight that is not finite (or the largest), and a
/// hint, unless the loss is finite.
void require_finite(double loss, int64_t step, const Llama& model);

/// Euclidean norm of all gradients together. Throws an Error naming the step, the first parameter
/// whose gradient is not finite, and a hint.
double finite_gradient_norm(const Llama& model, int64_t step);

}  // namespace tern
