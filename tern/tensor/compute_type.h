#pragma once

#include <string_view>

#include "tern/tensor/dtype.h"

namespace tern {

/// bf16 where the CPU multiplies bf16 pairs itself (AVX512-BF16 or AMX-BF16), else f32.
DType default_compute_type();

/// "auto" (the default above), "bf16" or "f32"; throws on anything else.
DType compute_type(std::string_view name);

}  // namespace tern
