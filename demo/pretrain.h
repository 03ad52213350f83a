#pragma once

#include <cstdint>
#include <functional>

#include "tern/data/token_source.h"
#include "tern/model/llama.h"

namespace tern {

/// Plain full-precision training of a language model from random weights.
struct PretrainOptions {
  int64_t steps = 0;
  /// Sequences in a step and tokens in a sequence.
  int64_t batch_size = 16;
  int64_t sequence_length = 256;
  /// Peak of a linear warm-up and a cosine down to a twentieth of it.
  float lr = 3e-3f;
  double warmup = 0.05;  // share of the run
  float weight_decay = 0.1f;
  double clip_norm = 1.0;
  /// Ends the run early on a slow machine, with the learning rate brought down as at its proper
  /// end; 0: never. A run that keeps well within it depends on the other numbers alone.
  double max_seconds = 0;
};

struct PretrainProgress {
  int64_t step = 0;     // steps done
  double fraction = 0;  // of the run, 0 to 1
  double loss = 0;      // nats per token, of this step
  double tokens_per_s = 0;
  double seconds_left = 0;
};

/// Trains a model that has its first weights, calling `on_step`, if given, after every step; what
/// it throws ends the run. Throws when the loss is no longer finite.
void pretrain(Llama& model, TokenSource& tokens, const PretrainOptions& options,
              const std::function<void(const PretrainProgress&)>& on_step = {});

}  // namespace tern
