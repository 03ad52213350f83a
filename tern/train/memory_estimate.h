#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "tern/model/linear_input.h"
#include "tern/model/llama.h"
#include "tern/optim/optimizer.h"

namespace tern {

/// What of a run takes memory besides the model and its passes.
struct MemoryUsers {
  OptimizerOptions optimizer = {};
  bool teacher = false;  // the full-precision model beside the one that trains
  std::string start = "rounding";
  InputOptions inputs = {};  // of ternary layers: what is prepared is kept besides
};

/// What training a model takes, in bytes, judged before anything is allocated.
struct MemoryEstimate {
  double weights = 0;      // latent, float32
  double gradients = 0;    // float32
  double optimizer = 0;    // its moments, as many as it keeps and in the type of its state
  double average = 0;      // of the weights, float32
  double operands = 0;     // quantized copies that the backward pass needs
  double activations = 0;  // kept for the backward pass
  double logits = 0;       // chunks of them
  double teacher = 0;      // the frozen model beside it; a cache with every window spares it
  double start = 0;        // before training: gone when moments come
  double handover = 0;     // of the model to its attendant, when it is scored
  // What the same would take without bf16 moments, and without making activations again.
  double optimizer_f32 = 0;
  double kept_activations = 0;

  /// At the peak, which is in training, before it, or while a large model is scored.
  double total() const;
  /// One line: the total, its parts, and what the arms in use save.
  std::string to_string() const;
};

/// For `tokens` tokens in one pass.
MemoryEstimate estimate_memory(const LlamaConfig& config, const LlamaOptions& options,
                               int64_t tokens, const MemoryUsers& users = {});

}  // namespace tern
