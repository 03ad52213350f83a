#pragma once

#include "tern/quant/packed.h"

// How a ternary matrix moves while it trains: two matrices of the same shape and grouping compared.

namespace tern {

/// Share of the codes that differ.
double flip_rate(const PackedTernary& before, const PackedTernary& now);

/// Mean scale now over mean scale at the start; 1 where that is 0.
double scale_ratio(const PackedTernary& start, const PackedTernary& now);

/// Of the weights that are zero in neither matrix, the share whose codes agree; 1 where there are
/// none.
double sign_agreement(const PackedTernary& start, const PackedTernary& now);

}  // namespace tern
