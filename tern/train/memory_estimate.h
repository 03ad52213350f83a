#pragma once

#include <cstdint>
#include <string>

#include "tern/model/llama.h"

namespace tern {

/// What training a model takes, in bytes, judged before anything is allocated.
struct MemoryEstimate {
  double weights = 0;      // latent, float32
  double gradients = 0;    // float32
  double optimizer = 0;    // two moments a weight, in the type of its state
  double operands = 0;     // quantized copies that the backward pass needs
  double activations = 0;  // kept for the backward pass
  double logits = 0;       // chunks of them
  double teacher = 0;      // the frozen model beside it; a cache with every window spares it
  // What the same would take without bf16 moments, and without making activations again.
  double optimizer_f32 = 0;
  double kept_activations = 0;

  double total() const {
    return weights + gradients + optimizer + operands + activations + logits + teacher;
  }
  /// One line: the total, its parts, and what the arms in use save.
  std::string to_string() const;
};

/// For `tokens` tokens in one pass; with a teacher beside the model or without.
MemoryEstimate estimate_memory(const LlamaConfig& config, const LlamaOptions& options,
                               int64_t tokens, DType optimizer_state, bool teacher = false);

}  // namespace tern
