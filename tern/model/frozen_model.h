#pragma once

#include <filesystem>

#include "tern/model/llama.h"

namespace tern {

/// Reads a full-precision model that only ever runs forward: the blocks' matrices exist in the
/// compute type alone (bf16: half the memory of load_llama), and nothing has a gradient. Its
/// numbers are those of load_llama's model bit for bit. Throws as load_llama does.
Llama load_frozen_llama(const std::filesystem::path& folder, DType compute);

}  // namespace tern
