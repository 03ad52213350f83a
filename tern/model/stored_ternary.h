#pragma once

#include "tern/model/stored_tensors.h"
#include "tern/quant/packed.h"

namespace tern {

/// Adds `<name>.codes` (U8) and `<name>.scales` (F16), and `<name>.shifts` (F16), `<name>.bias` and
/// `<name>.sub_norm` (F32) where the matrix has them. Throws when it is not ternary.
void store_ternary(const std::string& name, PackedTernary packed, StoredTensors& out);

/// Reads the same; throws unless it is a ternary (rows, cols) matrix.
PackedTernary load_ternary(const SafetensorsModel& file, const std::string& name, int64_t rows,
                           int64_t cols, Grouping grouping);

}  // namespace tern
