#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tern/base/error.h"

namespace tern {

/// Number formats of tensors in memory and in files.
enum class DType : uint8_t { f32, f16, bf16, i8, u8, i32, i64 };

/// One row of the table of formats; `name` is ours, `safetensors_name` that of the file format.
struct DTypeTraits {
  DType dtype;
  size_t bytes;
  std::string_view name;
  std::string_view safetensors_name;
};

inline constexpr std::array kDTypes = {
    DTypeTraits{DType::f32, 4, "f32", "F32"},    DTypeTraits{DType::f16, 2, "f16", "F16"},
    DTypeTraits{DType::bf16, 2, "bf16", "BF16"}, DTypeTraits{DType::i8, 1, "i8", "I8"},
    DTypeTraits{DType::u8, 1, "u8", "U8"},       DTypeTraits{DType::i32, 4, "i32", "I32"},
    DTypeTraits{DType::i64, 8, "i64", "I64"},
};

constexpr const DTypeTraits& traits(DType dtype) { return kDTypes[static_cast<size_t>(dtype)]; }
constexpr size_t size_of(DType dtype) { return traits(dtype).bytes; }
constexpr std::string_view name_of(DType dtype) { return traits(dtype).name; }

}  // namespace tern
