#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tern/base/json.h"
#include "tern/model/linear_input.h"
#include "tern/quant/grouping.h"

namespace tern {

/// What a packed model's config.json says of its quantization, under "quantization_config".
struct TernaryInfo {
  Grouping grouping{};
  InputOptions input{};
  /// The mix at the end of training. Below 1 the trained model was not the ternary one.
  double lambda = 1;
  /// Bits of the embedding, and of the head where it is not tied; see table_format().
  int embedding_bits = 32;
  /// Blocks whose layers stay dense, in bf16.
  std::vector<int64_t> dense_blocks{};
  // Whether some layer has these parts; save_packed finds out.
  bool sub_norm = false, shifts = false, bias = false;

  static TernaryInfo from_json(const Json& json, const std::string& source);
  Json to_json() const;

  bool is_dense(int64_t block) const;
  /// What of this model a plain Llama file cannot hold, a phrase each; empty when an exported file
  /// of codes and scales computes the same.
  std::vector<std::string> departures() const;
};

}  // namespace tern
