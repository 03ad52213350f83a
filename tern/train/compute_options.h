#pragma once

#include <string>

#include "tern/model/llama.h"
#include "tern/tensor/compute_type.h"

namespace tern {

class Knobs;

/// In what a run computes, and what it keeps for the backward pass.
struct ComputeOptions {
  std::string dtype = "auto";  // see compute_type()
  bool recompute = false;      // see LlamaOptions

  void describe(Knobs& knobs);
  void check() const { type(); }
  DType type() const { return compute_type(dtype); }
  LlamaOptions llama() const { return {.compute = type(), .recompute = recompute}; }
};

}  // namespace tern
