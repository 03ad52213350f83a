#include "tern/quant/packed.h"

#include <bit>
#include <cmath>
#include <tuple>

#include "tern/base/bf16.h"
#include "tern/base/error.h"

namespace tern {

std::array<double, 3> CodeCounts::shares() const {
  const double n = std::max<double>(1, static_cast<double>(total()));
  return {negative / n, zero / n, positive / n};
}

CodeCounts& CodeCounts::operator+=(const CodeCounts& other) {
  negative += other.negative;
  zero += other.zero;
  positive += other.positive;
  return *this;
}

int64_t PackedTernary::group_of(int64_t row, int64_t col) const {
  if (grouping.whole_tensor()) return 0;
  return row * grouping.groups_per_row(cols) + (grouping.size > 0 ? col / grouping.size : 0);
}

float PackedTernary::scale(int64_t row, int64_t col) const {
  return static_cast<float>(scales[group_of(row, col)]);
}

float PackedTernary::shift(int64_t row, int64_t col) const {
  return shifts.empty() ? 0.0f : static_cast<float>(shifts[group_of(row, col)]);
}

namespace {

/// Up to four codes in one byte; the rest of a row's last byte is filled up with code 0.
uint8_t packed_byte(const int8_t* codes, int64_t count) {
  int byte = 0;
  for (int i = 0; i < 4; ++i) byte |= (i < count ? codes[i] + 1 : 1) << 2 * i;
  return static_cast<uint8_t>(byte);
}

}  // namespace

PackedTernary pack_ternary(std::span<const int8_t> codes, std::span<const float> scales,
                           int64_t rows, int64_t cols, Grouping grouping) {
  const int64_t row_bytes = PackedTernary::bytes_per_row(cols);
  PackedTernary packed{rows, cols, grouping, {}, {}};
  packed.codes.resize(static_cast<size_t>(rows * row_bytes));
  parallel_for(rows, 16, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const int8_t* row = codes.data() + r * cols;
      for (int64_t b = 0; b < row_bytes; ++b) {
        packed.codes[r * row_bytes + b] =
            packed_byte(row + 4 * b, std::min<int64_t>(4, cols - 4 * b));
      }
    }
  });
  for (const float scale : scales) packed.scales.push_back(f16(scale));
  return packed;
}

void validate_ternary(const PackedTernary& packed, const std::string& name) {
  const int64_t rows = packed.rows, cols = packed.cols;
  const auto& [codes, scales, shifts] = std::tie(packed.codes, packed.scales, packed.shifts);
  check(static_cast<int64_t>(codes.size()) == rows * PackedTernary::bytes_per_row(cols) &&
            static_cast<int64_t>(scales.size()) == packed.grouping.scale_count(rows, cols),
        "{}: {} bytes of codes and {} scales do not make a ({}, {}) matrix with groups of {}", name,
        codes.size(), scales.size(), rows, cols, packed.grouping.to_string());
  check(shifts.empty() || shifts.size() == scales.size(),
        "{}: found {} shifts, expected none or one for each of {} scales", name, shifts.size(),
        scales.size());
  check(packed.bias.empty() || static_cast<int64_t>(packed.bias.size()) == rows,
        "{}: found a bias of {} numbers, expected none or {}", name, packed.bias.size(), rows);
  check(packed.sub_norm.empty() || static_cast<int64_t>(packed.sub_norm.size()) == cols,
        "{}: found a sub_norm of {} numbers, expected none or {}", name, packed.sub_norm.size(),
        cols);
  for (size_t i = 0; i < codes.size(); ++i) {
    // A code of 3 has both bits of its pair set.
    check((codes[i] & codes[i] >> 1 & 0b01010101) == 0,
          "{}: byte {} holds a code that is none of -1, 0, +1", name, i);
  }
  for (size_t i = 0; i < scales.size(); ++i) {
    const float scale = static_cast<float>(scales[i]);
    check(std::isfinite(scale) && scale >= 0,
          "{}: scale {} is {}, not a finite number of 0 or more", name, i, scale);
  }
  for (size_t i = 0; i < shifts.size(); ++i) {
    const float shift = static_cast<float>(shifts[i]);
    check(std::isfinite(shift), "{}: shift {} is {}, not a finite number", name, i, shift);
  }
  for (const std::vector<float>* numbers : {&packed.bias, &packed.sub_norm}) {
    for (const float number : *numbers) {
      check(std::isfinite(number), "{}: {} in the bias or sub_norm is not a finite number", name,
            number);
    }
  }
}

template <class Out>
void unpack_ternary(const PackedTernary& packed, Out* weights) {
  for_each_row_part(packed.rows, packed.cols, packed.grouping, [&](const GroupPlace& at) {
    const int64_t row = at.first / packed.cols, col = at.first % packed.cols;
    const float scale = packed.scale(row, col), shift = packed.shift(row, col);
    for (int64_t i = 0; i < at.n; ++i) {
      weights[at.first + i] = static_cast<Out>(scale * packed.code(row, col + i) + shift);
    }
  });
}

template void unpack_ternary(const PackedTernary&, float*);
template void unpack_ternary(const PackedTernary&, bf16*);

CodeCounts count_codes(const PackedTernary& packed) {
  CodeCounts counts;
  for (const uint8_t byte : packed.codes) {
    counts.zero += std::popcount(static_cast<uint8_t>(byte & 0b01010101));
    counts.positive += std::popcount(static_cast<uint8_t>(byte & 0b10101010));
  }
  const int64_t filling =
      packed.rows * (4 * PackedTernary::bytes_per_row(packed.cols) - packed.cols);
  counts.zero -= filling;
  counts.negative = packed.rows * packed.cols - counts.zero - counts.positive;
  return counts;
}

}  // namespace tern
