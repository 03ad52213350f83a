#include "tern/model/structure.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

std::vector<double> shares(const char* layers, double progress) {
  std::vector<double> out;
  for (int64_t block = 0; block < 4; ++block) {
    out.push_back(block_progress({layers}, block, 4, progress));
  }
  return out;
}

TEST(Structure, AllBlocksWarmUpTogether) {
  EXPECT_EQ(shares("all", 0.25), (std::vector<double>{0.25, 0.25, 0.25, 0.25}));
  EXPECT_TRUE(dense_blocks({"all"}, 4).empty());
}

TEST(Structure, InnerLeavesTheFirstAndTheLastBlockDense) {
  EXPECT_EQ(shares("inner", 0.5), (std::vector<double>{0, 0.5, 0.5, 0}));
  EXPECT_EQ(dense_blocks({"inner"}, 4), (std::vector<int64_t>{0, 3}));
  EXPECT_THROW(dense_blocks({"inner"}, 2), Error);
}

TEST(Structure, GrowingTurnsBlocksTernaryFromTheBack) {
  EXPECT_EQ(shares("growing", 0), (std::vector<double>{0, 0, 0, 0}));
  EXPECT_EQ(shares("growing", 0.375), (std::vector<double>{0, 0, 0.5, 1}));
  EXPECT_EQ(shares("growing", 1), (std::vector<double>{1, 1, 1, 1}));
  EXPECT_TRUE(dense_blocks({"growing"}, 4).empty());
}

TEST(Structure, RefusesARuleThatIsNotOffered) {
  EXPECT_THROW(block_progress({"outer"}, 0, 4, 1), Error);
}

}  // namespace
}  // namespace tern
