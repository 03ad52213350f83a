#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tern/base/f16.h"
#include "tern/quant/quantize.h"

namespace tern {

/// How many weights have the code -1, 0 and +1.
struct CodeCounts {
  int64_t negative = 0, zero = 0, positive = 0;

  int64_t total() const { return negative + zero + positive; }
  /// The shares of -1, 0, +1; zeros when there are no weights.
  std::array<double, 3> shares() const;
  CodeCounts& operator+=(const CodeCounts& other);
};

/// A ternary matrix as files hold it: codes at 2 bits, four to a byte, the first in the lowest bits
/// (0, 1, 2 for -1, 0, +1; a row starts on a byte), and one float16 scale a group. Weight = code *
/// scale, plus the group's shift where there are shifts.
struct PackedTernary {
  int64_t rows = 0, cols = 0;
  Grouping grouping;
  std::vector<uint8_t> codes;  // (rows, bytes_per_row(cols))
  std::vector<f16> scales;     // (rows, groups_per_row), or one number for a whole tensor
  std::vector<f16> shifts{};   // as many as scales, or none
  // What surrounds the matrix in its layer: y = (codes scales + shifts) norm(x) + bias.
  std::vector<float> bias{};      // (rows), or none
  std::vector<float> sub_norm{};  // gain of a norm of the layer's input (cols), or none

  static int64_t bytes_per_row(int64_t cols) { return (cols + 3) / 4; }
  int8_t code(int64_t row, int64_t col) const {
    return static_cast<int8_t>((codes[row * bytes_per_row(cols) + col / 4] >> (col % 4 * 2) & 3) -
                               1);
  }
  float scale(int64_t row, int64_t col) const;
  /// What is added to the weight, a zero too; 0 without shifts.
  float shift(int64_t row, int64_t col) const;

 private:
  int64_t group_of(int64_t row, int64_t col) const;
};

/// Packs codes (rows, cols) and their scales.
PackedTernary pack_ternary(std::span<const int8_t> codes, std::span<const float> scales,
                           int64_t rows, int64_t cols, Grouping grouping);

/// Throws unless the sizes agree, every code is -1, 0 or +1, every scale is finite and not negative
/// and every other number is finite. `name` names the matrix in the error.
void validate_ternary(const PackedTernary& packed, const std::string& name);

/// code * scale + shift for every weight, (rows, cols). Out is float or bf16.
template <class Out>
void unpack_ternary(const PackedTernary& packed, Out* weights);

CodeCounts count_codes(const PackedTernary& packed);

/// Quantizes w (rows, cols) and packs the result: what training used at lambda 1, code for code.
template <GroupQuantizer Quantizer>
PackedTernary quantize_and_pack(const float* w, int64_t rows, int64_t cols, Grouping grouping,
                                const Quantizer& quantizer) {
  std::vector<int8_t> all_codes(static_cast<size_t>(rows * cols));
  std::vector<float> scales(static_cast<size_t>(grouping.scale_count(rows, cols)));
  for_each_group(w, rows, cols, grouping, quantizer,
                 [&](const GroupPlace& at, const int8_t* codes, float scale) {
                   std::copy(codes, codes + at.n, all_codes.begin() + at.first);
                   scales[at.group] = scale;
                 });
  return pack_ternary(all_codes, scales, rows, cols, grouping);
}

}  // namespace tern
