#include "tern/data/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int64_t kT = 8;

class ShuffledWindowsTest : public ::testing::Test {
 protected:
  /// The tokens 0, 1, 2, ..., so that a window tells where it began.
  ShuffledWindows source(int64_t tokens, uint64_t seed) {
    std::vector<int32_t> ids(static_cast<size_t>(tokens));
    std::iota(ids.begin(), ids.end(), 0);
    TokenFileWriter writer(folder_ / "train.tokens", 1'000'000, std::string(64, '0'));
    writer.append(ids);
    writer.commit();
    return ShuffledWindows(TokenFile(folder_ / "train.tokens"), seed);
  }
  /// First tokens of the windows [begin, begin + count).
  static std::vector<int32_t> starts(TokenSource& source, int64_t begin, int64_t count) {
    const Batch batch = source.batch(begin, count, kT);
    std::vector<int32_t> out;
    for (int64_t b = 0; b < count; ++b) out.push_back(batch.inputs[static_cast<size_t>(b * kT)]);
    return out;
  }

  TemporaryFolder folder_;
};

TEST_F(ShuffledWindowsTest, TargetsAreTheNextTokens) {
  ShuffledWindows windows = source(100 * kT + 1, 1);
  const auto [inputs, targets, indices] = windows.batch(5, 3, kT);
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_EQ(targets[i], inputs[i] + 1);
    EXPECT_EQ(inputs[i] % kT, static_cast<int32_t>(i) % kT) << "windows start at multiples of T";
  }
}

TEST_F(ShuffledWindowsTest, AWindowIsKnownByWhereItBegins) {
  ShuffledWindows windows = source(100 * kT + 1, 1);
  const std::vector<int64_t> indices = windows.batch(95, 10, kT).windows;
  const std::vector<int32_t> first = starts(windows, 95, 10);
  for (size_t b = 0; b < indices.size(); ++b) EXPECT_EQ(first[b], indices[b] * kT);
}

TEST_F(ShuffledWindowsTest, EveryEpochVisitsEveryWindowOnceInAnOrderOfItsOwn) {
  ShuffledWindows windows = source(100 * kT + 1, 1);
  ASSERT_EQ(windows.windows_per_epoch(kT), 100);
  std::set<std::vector<int32_t>> orders;
  for (int64_t epoch = 0; epoch < 5; ++epoch) {
    const std::vector<int32_t> order = starts(windows, epoch * 100, 100);
    EXPECT_EQ(std::set<int32_t>(order.begin(), order.end()).size(), 100u);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 5u);
}

TEST_F(ShuffledWindowsTest, OrderIsAFunctionOfSeedAndPosition) {
  ShuffledWindows windows = source(100 * kT + 1, 7);
  const std::vector<int32_t> order = starts(windows, 0, 250);
  ShuffledWindows again = source(100 * kT + 1, 7);
  for (int64_t position : {249, 3, 120, 0}) {
    EXPECT_EQ(starts(again, position, 1)[0], order[static_cast<size_t>(position)]);
  }
  ShuffledWindows other = source(100 * kT + 1, 8);
  EXPECT_NE(starts(other, 0, 250), order);
}

TEST_F(ShuffledWindowsTest, UsesOnlyWholeWindows) {
  EXPECT_EQ(source(3 * kT, 1).windows_per_epoch(kT), 2);  // the third lacks its last target
  EXPECT_EQ(source(3 * kT + 1, 1).windows_per_epoch(kT), 3);
  ShuffledWindows one = source(kT + 1, 1);
  EXPECT_EQ(starts(one, 0, 3), (std::vector<int32_t>{0, 0, 0}));
}

TEST_F(ShuffledWindowsTest, SaysWhenTheFileIsShorterThanOneWindow) {
  ShuffledWindows windows = source(kT, 1);
  EXPECT_THAT([&] { starts(windows, 0, 1); },
              ThrowsMessage<Error>(HasSubstr("at least one window of 9 tokens, found 8")));
}

TEST_F(ShuffledWindowsTest, RefusesBatchesOfNothing) {
  ShuffledWindows windows = source(100, 1);
  EXPECT_THROW(windows.batch(-1, 2, kT), Error);
  EXPECT_THROW(windows.batch(0, 0, kT), Error);
}

}  // namespace
}  // namespace tern
