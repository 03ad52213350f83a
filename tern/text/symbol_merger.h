#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

#include "tern/text/merge_table.h"

namespace tern {

/// Applies merges to the symbols of one word, always the one of lowest rank, the leftmost of
/// equals: n log n in the number of symbols. Keeps its memory from word to word.
class SymbolMerger {
 public:
  /// Merges the symbols from the index `first` on, in place.
  void merge(const MergeTable& merges, std::vector<int32_t>& symbols, size_t first);

 private:
  /// A symbol of the word, in a list from left to right. `rank` is that of its merge with the next.
  struct Node {
    int32_t symbol;
    uint32_t previous, next;
    uint32_t rank;
  };
  /// A merge that was possible when it was queued; it still is while its node has this rank.
  struct Candidate {
    uint32_t rank, at;
    int32_t merged;
    bool operator>(const Candidate& other) const {
      return rank != other.rank ? rank > other.rank : at > other.at;
    }
  };
  static constexpr uint32_t kEnd = UINT32_MAX;

  void consider(const MergeTable& merges, uint32_t at);
  void join_with_next(uint32_t at, int32_t merged);

  std::vector<Node> nodes_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue_;
};

}  // namespace tern
