#include "tern/quant/grouping.h"

#include "tern/base/error.h"

namespace tern {

Grouping Grouping::parse(std::string_view text) {
  if (text == "row") return {kRow};
  if (text == "tensor") return {kTensor};
  for (const int64_t size : {32, 64, 128, 256}) {
    if (text == std::to_string(size)) return {size};
  }
  fail("group: expected 32, 64, 128, 256, row or tensor, found \"{}\"", text);
}

std::string Grouping::to_string() const {
  if (size == kRow) return "row";
  if (size == kTensor) return "tensor";
  return std::to_string(size);
}

}  // namespace tern
