#pragma once

#include <filesystem>

#include "tern/model/llama.h"
#include "tern/quant/packed.h"

namespace tern {

/// What the weights of a model in a folder are and how many bits they take.
struct WeightReport {
  bool ternary = false;        // every linear layer inside the blocks holds codes and scales
  int64_t weights = 0;         // all of the model
  int64_t linear_weights = 0;  // of the linear layers inside the blocks
  CodeCounts codes;            // of the ternary layers
  double linear_bits = 0;      // stored bits per weight of those layers, scales included
  double file_bits = 0;        // stored bits per weight of everything

  /// The share of all weights that have a code.
  double ternary_share() const { return static_cast<double>(codes.total()) / weights; }
};

/// Reads sizes from the folder's safetensors and codes from the model loaded from it.
WeightReport report_weights(const Llama& model, const std::filesystem::path& folder);

}  // namespace tern
