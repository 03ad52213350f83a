#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tern/contract/knob_description.h"

namespace tern {

/// Which weights of a (rows, cols) matrix share a scale. Groups run along a row (the input
/// dimension); the last group of a row may be shorter.
struct Grouping {
  /// Weights in a group, or one of the two below.
  int64_t size = 64;
  static constexpr int64_t kRow = 0;
  static constexpr int64_t kTensor = -1;

  /// "32", "64", "128", "256", "row" or "tensor"; throws on anything else.
  static Grouping parse(std::string_view text);
  /// What can be parsed, with bits a weight and sources.
  static std::vector<KnobChoice> choices();
  std::string to_string() const;

  bool whole_tensor() const { return size == kTensor; }
  /// Scales that one row has; a whole-tensor scale is stored once.
  int64_t groups_per_row(int64_t cols) const { return size <= 0 ? 1 : (cols + size - 1) / size; }
  int64_t scale_count(int64_t rows, int64_t cols) const {
    return whole_tensor() ? 1 : rows * groups_per_row(cols);
  }
  bool operator==(const Grouping&) const = default;
};

}  // namespace tern
