#include "tern/quant/grouping.h"

#include "tern/base/error.h"

namespace tern {

std::vector<KnobChoice> Grouping::choices() {
  return {{"32", "2.5 bits a weight", "llama.cpp's Q4_0 has such groups"},
          {"64", "2.25 bits a weight", "llama.cpp's Q2_0"},
          {"128", "2.125 bits a weight", "Tequila, arXiv 2509.23809"},
          {"256", "2.0625 bits a weight", "llama.cpp's TQ2_0"},
          {"row", "a scale for each output", "ParetoQ, arXiv 2502.02631"},
          {"tensor", "one scale for the matrix", "BitNet b1.58, arXiv 2402.17764"}};
}

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
