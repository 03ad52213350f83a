#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tern/model/llama.h"
#include "tern/quant/packed.h"

namespace tern {

/// What the weights of a model in a folder are and how many bits they take.
struct WeightReport {
  /// Every linear layer inside the blocks holds codes and scales, but for those of blocks that are
  /// stated to be dense; some do.
  bool ternary = false;
  int64_t weights = 0;         // all of the model
  int64_t linear_weights = 0;  // of the linear layers inside the blocks
  CodeCounts codes;            // of the ternary layers
  /// Stored bits per weight of all these layers together: of dense ones too, and with scales,
  /// biases and whatever else belongs to a layer.
  double linear_bits = 0;
  double file_bits = 0;                 // stored bits per weight of everything
  int64_t dense_blocks = 0;             // blocks of a ternary model that are not
  std::vector<std::string> departures;  // what a plain Llama file cannot hold of it

  /// The share of all weights that have a code.
  double ternary_share() const { return static_cast<double>(codes.total()) / weights; }
};

/// Reads sizes from the folder's safetensors and codes from the model loaded from it.
WeightReport report_weights(const Llama& model, const std::filesystem::path& folder);

}  // namespace tern
