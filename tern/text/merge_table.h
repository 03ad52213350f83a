#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tern/base/rng.h"

namespace tern {

/// What becomes of a pair of adjacent symbols: the merge of lower rank goes first.
struct Merge {
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t rank = kNone;
  int32_t id = 0;
};

/// Hash table from pairs of symbols to merges. Open addressing in one flat array, since encoding a
/// new word is mostly looking up pairs, most of which are absent.
class MergeTable {
 public:
  /// A table for at most `pairs` pairs.
  explicit MergeTable(size_t pairs) : slots_(std::bit_ceil(2 * pairs + 1)) {}

  /// A pair set again takes the later merge.
  void set(int32_t left, int32_t right, Merge merge) {
    const uint64_t key = key_of(left, right);
    slots_[place_of(key)] = {key, merge};
  }
  /// The merge of the pair; its rank is Merge::kNone when there is none.
  Merge find(int32_t left, int32_t right) const {
    return slots_[place_of(key_of(left, right))].merge;
  }

 private:
  static constexpr uint64_t kEmpty = UINT64_MAX;  // no pair, since ids are not negative

  struct Slot {
    uint64_t key = kEmpty;
    Merge merge;
  };

  static uint64_t key_of(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  /// The slot that holds the key, or the empty one where it would go.
  size_t place_of(uint64_t key) const {
    const size_t mask = slots_.size() - 1;
    size_t place = mix64(key) & mask;
    while (slots_[place].key != key && slots_[place].key != kEmpty) place = (place + 1) & mask;
    return place;
  }

  std::vector<Slot> slots_;
};

}  // namespace tern
