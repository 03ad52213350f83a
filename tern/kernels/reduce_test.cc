#include "tern/kernels/reduce.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/reduce_ref.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

TEST(SumOfSquares, MatchesTheReferenceAtEveryTail) {
  for (const int64_t n : {0, 1, 17, 4096, 4097, 100000}) {
    const auto x = random_normal(n, 1);
    const double want = ref::sum_of_squares(x.data(), n);
    EXPECT_NEAR(sum_of_squares(x), want, want * (4096 / 16 + 16) * rounding<float>()) << n;
  }
}

TEST(SumOfSquares, GivesTheSameBitsForAnyThreadCount) {
  const auto x = random_normal(100000, 2);
  const int before = thread_count();
  set_thread_count(1);
  const double alone = sum_of_squares(x);
  set_thread_count(3);
  EXPECT_EQ(sum_of_squares(x), alone);
  set_thread_count(before);
}

TEST(FirstNonFinite, FindsTheFirstInfinityOrNaNWhereverItStands) {
  for (const int64_t n : {1, 17, 4096, 50000}) {
    for (const int64_t at : {int64_t{0}, n / 2, n - 1}) {
      for (const float bad : {INFINITY, -INFINITY, NAN}) {
        auto x = random_normal(n, 3);
        x[at] = x.back() = bad;
        EXPECT_EQ(first_non_finite(x), at);
        EXPECT_EQ(ref::first_non_finite(x.data(), n), at);
      }
    }
  }
}

TEST(FirstNonFinite, AcceptsEveryFiniteNumber) {
  using Limits = std::numeric_limits<float>;
  const std::vector<float> x = {0.0f, -0.0f, Limits::max(), Limits::lowest(), Limits::denorm_min()};
  EXPECT_EQ(first_non_finite(x), -1);
  EXPECT_EQ(first_non_finite({}), -1);
}

}  // namespace
}  // namespace tern::kernels
