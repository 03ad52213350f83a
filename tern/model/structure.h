#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tern/base/registry.h"

namespace tern {

/// Which blocks of a model become ternary, and when.
struct StructureOptions {
  /// all, inner (all but the first and the last block) or growing (one after another).
  std::string layers = "all";
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
