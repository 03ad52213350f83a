#include "tern/text/symbol_merger.h"

#include <gtest/gtest.h>

#include "tern/base/rng.h"

namespace tern {
namespace {

/// The definition, step by step: look for the lowest rank, leftmost first, and merge there.
std::vector<int32_t> merge_plainly(const MergeTable& merges, std::vector<int32_t> symbols) {
  for (;;) {
    Merge best;
    size_t at = 0;
    for (size_t i = 0; i + 1 < symbols.size(); ++i) {
      const Merge merge = merges.find(symbols[i], symbols[i + 1]);
      if (merge.rank < best.rank) best = merge, at = i;
    }
    if (best.rank == Merge::kNone) return symbols;
    symbols[at] = best.id;
    symbols.erase(symbols.begin() + static_cast<ptrdiff_t>(at) + 1);
  }
}

TEST(SymbolMerger, AgreesWithTheDefinitionOnRandomMergesAndWords) {
  Rng rng(7);
  for (int round = 0; round < 200; ++round) {
    MergeTable merges(40);
    int32_t symbols = 3;
    for (uint32_t rank = 0; rank < 40; ++rank) {
      const auto left = static_cast<int32_t>(rng.below(static_cast<uint64_t>(symbols)));
      const auto right = static_cast<int32_t>(rng.below(static_cast<uint64_t>(symbols)));
      if (merges.find(left, right).rank == Merge::kNone) merges.set(left, right, {rank, symbols++});
    }
    std::vector<int32_t> word;
    for (uint64_t i = rng.below(60); i > 0; --i) word.push_back(static_cast<int32_t>(rng.below(3)));

    std::vector<int32_t> merged = word;
    SymbolMerger().merge(merges, merged, 0);
    EXPECT_EQ(merged, merge_plainly(merges, word));
  }
}

TEST(SymbolMerger, LeavesWhatStandsBeforeTheWordAlone) {
  MergeTable merges(1);
  merges.set(1, 1, {0, 2});
  std::vector<int32_t> symbols = {1, 1, 1};
  SymbolMerger().merge(merges, symbols, 1);
  EXPECT_EQ(symbols, (std::vector<int32_t>{1, 2}));
}

TEST(SymbolMerger, AVeryLongWordIsNoTrouble) {
  MergeTable merges(1);
  merges.set(0, 0, {0, 1});
  std::vector<int32_t> symbols(1'000'001, 0);
  SymbolMerger().merge(merges, symbols, 0);
  EXPECT_EQ(symbols.size(), 500'001u);
}

TEST(MergeTable, ThePairSetLastWins) {
  MergeTable merges(2);
  merges.set(3, 4, {0, 5});
  merges.set(3, 4, {1, 6});
  EXPECT_EQ(merges.find(3, 4).id, 6);
  EXPECT_EQ(merges.find(4, 3).rank, Merge::kNone);
}

}  // namespace
}  // namespace tern
