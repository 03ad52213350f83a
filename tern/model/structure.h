#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tern/knobs/registry.h"

namespace tern {

class Knobs;
struct InputOptions;
struct TernaryWeightOptions;

/// What of a model becomes ternary, when, and from where.
struct StructureOptions {
  /// all, inner (all but the first and the last block) or growing (one after another).
  std::string layers = "all";
  int embedding_bits = 32;         // of the embedding and the head, see table_format()
  bool sub_norm = false;           // see add_sub_norms()
  std::string start = "rounding";  // of starts(): the weights that training starts from

  void describe(Knobs& knobs);
  void check() const;
  /// Throws an Error where the start cannot be had with these weights and inputs.
  void check_with(const TernaryWeightOptions& weights, const InputOptions& inputs) const;
};

/// How far a block is in its own warm-up, 0 to 1, when the model is at `progress` of its warm-up.
using LayerRule = double (*)(int64_t block, int64_t blocks, double progress);

Registry<LayerRule>& layer_rules();

/// Where on the curve of lambda this block is. At progress 1 it is 1, or 0 for a block that stays
/// dense.
double block_progress(const StructureOptions& options, int64_t block, int64_t blocks,
                      double progress);

/// The blocks that never become ternary. Throws when none would.
std::vector<int64_t> dense_blocks(const StructureOptions& options, int64_t blocks);

}  // namespace tern
