#include "tern/text/symbol_merger.h"

namespace tern {

void SymbolMerger::merge(const MergeTable& merges, std::vector<int32_t>& symbols, size_t first) {
  const auto count = static_cast<uint32_t>(symbols.size() - first);
  if (count < 2) return;
  nodes_.clear();
  for (uint32_t i = 0; i < count; ++i) {
    nodes_.push_back(
        {symbols[first + i], i == 0 ? kEnd : i - 1, i + 1 == count ? kEnd : i + 1, Merge::kNone});
  }
  for (uint32_t i = 0; i < count; ++i) consider(merges, i);

  while (!queue_.empty()) {
    const Candidate best = queue_.top();
    queue_.pop();
    if (nodes_[best.at].rank != best.rank) continue;
    join_with_next(best.at, best.merged);
    consider(merges, best.at);
    if (nodes_[best.at].previous != kEnd) consider(merges, nodes_[best.at].previous);
  }

  symbols.resize(first);
  for (uint32_t i = 0; i != kEnd; i = nodes_[i].next) symbols.push_back(nodes_[i].symbol);
}

void SymbolMerger::consider(const MergeTable& merges, uint32_t at) {
  Node& node = nodes_[at];
  node.rank = Merge::kNone;
  if (node.next == kEnd) return;
  const Merge merge = merges.find(node.symbol, nodes_[node.next].symbol);
  node.rank = merge.rank;
  if (merge.rank != Merge::kNone) queue_.push({merge.rank, at, merge.id});
}

void SymbolMerger::join_with_next(uint32_t at, int32_t merged) {
  Node& node = nodes_[at];
  Node& gone = nodes_[node.next];
  node.symbol = merged;
  node.next = gone.next;
  if (gone.next != kEnd) nodes_[gone.next].previous = at;
  gone.rank = Merge::kNone;
}

}  // namespace tern
