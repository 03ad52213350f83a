#pragma once

#include <filesystem>

#include "tern/model/llama.h"
#include "tern/model/ternary_info.h"

namespace tern {

/// Writes a model whose block layers are ternary, but for those of the blocks that `info` lists as
/// dense. For every ternary weight: `<name>.codes` (U8, rows x ceil(cols / 4), four 2-bit codes a
/// byte, lowest bits first, 0 1 2 for -1 0 +1) and `<name>.scales` (F16, rows x groups, or one
/// number); where the layer has them `<name>.shifts` (F16, as the scales), `<name>.bias` (F32,
/// rows) and `<name>.sub_norm` (F32, cols). Dense weights as BF16, the embedding and the head as
/// table_format() has them, everything else as F32, under their Hugging Face names. A parameter
/// `<weight name>.<part>` is its layer's, which stores it in its own way.
///
/// Throws when lambda is below 1, a layer that should pack does not, or none does: anything less is
/// not a ternary model.
void save_packed(const Llama& model, const TernaryInfo& info, const std::filesystem::path& folder);

/// True when the folder's config.json says that its weights are packed ternary.
bool is_packed(const std::filesystem::path& folder);
TernaryInfo read_ternary_info(const std::filesystem::path& folder);

/// Loads a packed model for inference. Throws unless every linear layer of the blocks is there as
/// codes -1, 0, +1 with finite scales, but for those of blocks stated to be dense, and one block at
/// least is ternary.
Llama load_packed(const std::filesystem::path& folder, DType compute);

/// Loads a packed or a full-precision model for inference.
Llama load_for_inference(const std::filesystem::path& folder, DType compute);

}  // namespace tern
