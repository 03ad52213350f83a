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

/// How much of lambda a block gets, 0 to 1. `progress` goes from 0 to 1 over the warm-up.
using LayerRule = double (*)(int64_t block, int64_t blocks, double progress);

Registry<LayerRule>& layer_rules();

/// The share that multiplies lambda for this block. At progress 1 it is 1, or 0 for a block that
/// stays dense.
double ternary_share(const StructureOptions& options, int64_t block, int64_t blocks,
                     double progress);

/// The blocks that never become ternary. Throws when none would.
std::vector<int64_t> dense_blocks(const StructureOptions& options, int64_t blocks);

}  // namespace tern
