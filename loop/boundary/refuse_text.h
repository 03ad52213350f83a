#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tern::loop {

inline constexpr int64_t kLargestRecipe = 200 * 1024;  // bytes of a train.cpp

/// Why a train.cpp of so many bytes is not read; empty when it is.
std::string refuse_size(uintmax_t bytes);

/// Why this is no train.cpp that may be built: too large, or no UTF-8 text; empty when it may.
std::string refuse_text(std::string_view text);

}  // namespace tern::loop
