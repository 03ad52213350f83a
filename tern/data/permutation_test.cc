#include "tern/data/permutation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tern {
namespace {

TEST(KeyedPermutation, VisitsEveryIndexOnce) {
  for (uint64_t size : {1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 1000, 4096, 100'003}) {
    const KeyedPermutation permutation(size, size * 7);
    std::vector<bool> seen(size);
    for (uint64_t i = 0; i < size; ++i) {
      const uint64_t image = permutation(i);
      ASSERT_LT(image, size);
      ASSERT_FALSE(seen[image]) << image << " twice of " << size;
      seen[image] = true;
    }
  }
}

TEST(KeyedPermutation, WorksNearTheLargestSize) {
  const uint64_t size = (uint64_t{1} << 62) - 1;
  const KeyedPermutation permutation(size, 1);
  for (uint64_t i = 0; i < 1000; ++i) EXPECT_LT(permutation(size - 1 - i), size);
}

TEST(KeyedPermutation, SendsAnIndexAnywhereAsTheKeyChanges) {
  // A multinomial of n keys over k cells: chi-square has mean k - 1 and variance 2 (k - 1).
  constexpr int kCells = 37;
  constexpr int kKeys = 37 * 200;
  for (const uint64_t index : {0, 1, 18, 36}) {
    std::vector<int> count(kCells);
    for (int key = 0; key < kKeys; ++key) {
      ++count[KeyedPermutation(kCells, static_cast<uint64_t>(key))(index)];
    }
    double chi_square = 0;
    for (const int n : count) chi_square += (n - 200.0) * (n - 200.0) / 200.0;
    EXPECT_LT(chi_square, 36 + 5 * std::sqrt(72.0));
  }
}

TEST(KeyedPermutation, SeparatesNeighbours) {
  constexpr uint64_t kSize = 10'000;
  const KeyedPermutation permutation(kSize, 5);
  int neighbours = 0;
  for (uint64_t i = 1; i < kSize; ++i) neighbours += permutation(i) == permutation(i - 1) + 1;
  // In a random order one pair is expected to stay together (Poisson with mean 1).
  EXPECT_LE(neighbours, 10);
}

}  // namespace
}  // namespace tern
