#include "loop/boundary/refuse_text.h"

#include <fmt/core.h>

#include <algorithm>

#include "tern/base/utf8.h"

namespace tern::loop {

std::string refuse_size(uintmax_t bytes) {
  if (bytes <= kLargestRecipe) return "";
  return fmt::format("train.cpp has {} bytes and may have {}; make it shorter", bytes,
                     kLargestRecipe);
}

std::string refuse_text(std::string_view text) {
  if (std::string why = refuse_size(text.size()); !why.empty()) return why;
  const size_t end = std::min(valid_utf8_prefix(text), text.find('\0'));
  if (end >= text.size()) return "";
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(end), '\n');
  return fmt::format("line {} of train.cpp holds a byte that is not UTF-8 text; write plain text",
                     line);
}

}  // namespace tern::loop
