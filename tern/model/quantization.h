#pragma once

#include <cstdint>
#include <vector>

#include "tern/model/linear_input.h"
#include "tern/model/structure.h"
#include "tern/model/ternary_info.h"
#include "tern/model/ternary_weight.h"

namespace tern {

/// What all ternary layers of a model share while it trains.
struct Quantization {
  TernaryInfo info;                    // what the packed model says of itself
  TernaryWeightOptions weights;        // how their weights become codes and scales
  std::vector<QuantizerState> blocks;  // of each block: moves as training goes on
  SharedInput inputs;

  /// For a model of so many blocks; `seed` is that of random rounding.
  Quantization(const TernaryWeightOptions& weights, const InputOptions& inputs,
               const StructureOptions& structure, uint64_t seed, int64_t blocks);
};

}  // namespace tern
