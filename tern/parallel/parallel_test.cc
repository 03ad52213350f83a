#include "tern/parallel/parallel.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace tern {
namespace {

TEST(ParallelFor, VisitsEveryItemExactlyOnce) {
  for (const int64_t count : {0, 1, 2, 7, 1000}) {
    std::vector<int> visits(count, 0);
    parallel_for(count, 3, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) ++visits[i];
    });
    EXPECT_EQ(visits, std::vector<int>(count, 1));
  }
}

TEST(ParallelFor, RethrowsAnExceptionOfABody) {
  EXPECT_THROW(parallel_for(100, 1, [](int64_t, int64_t) { throw std::runtime_error("x"); }),
               std::runtime_error);
}

TEST(ParallelFor, RunsSeriallyInsideItself) {
  parallel_for(4, 1, [](int64_t, int64_t) {
    int calls = 0;
    parallel_for(100, 1, [&](int64_t, int64_t) { ++calls; });
    EXPECT_EQ(calls, 1);
  });
}

}  // namespace
}  // namespace tern
