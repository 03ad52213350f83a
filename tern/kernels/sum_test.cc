#include "tern/kernels/sum.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/sum_ref.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

void expect_matches_reference(int64_t N, int64_t C) {
  const auto x = random_normal(N * C, 1);
  const Matrix<const float> view(x.data(), N, C);
  std::vector<float> rows(N, 1.0f), columns(C, 1.0f);
  add_sums_of_rows(view, rows.data());
  add_sums_of_columns(view, columns.data());

  std::vector<double> want_rows(N, 1.0), want_columns(C, 1.0);
  const double total = ref::sums(view, want_rows.data(), want_columns.data());
  // Sixteen running sums of numbers around 1, each rounded once per sixteen terms.
  expect_close(rows, want_rows, (C / 16 + 16) * 4 * rounding<float>());
  expect_close(columns, want_columns, 4 * rounding<float>());
  const double block_sums = std::sqrt(static_cast<double>(N * C)) * (4096 / 16);
  EXPECT_NEAR(sum(view), total, block_sums * rounding<float>() + rounding<float>());
}

TEST(Sum, MatchesTheReferenceForEveryShape) {
  expect_matches_reference(1, 1);
  expect_matches_reference(3, 17);
  expect_matches_reference(300, 65);
  expect_matches_reference(2, 10'000);
  expect_matches_reference(10'000, 1);
}

TEST(Sum, OfNothingIsZero) { EXPECT_EQ(sum(Matrix<const float>(nullptr, 0, 5)), 0.0f); }

TEST(Sum, HasTheSameBitsForAnyThreadCount) {
  const auto x = random_normal(100'000, 1);
  const Matrix<const float> view(x.data(), 1000, 100);
  const int threads = thread_count();
  std::vector<std::vector<float>> results;
  for (const int count : {1, 2, 5}) {
    set_thread_count(count);
    std::vector<float> sums(1 + 1000 + 100);
    sums[0] = sum(view);
    add_sums_of_rows(view, &sums[1]);
    add_sums_of_columns(view, &sums[1001]);
    results.push_back(sums);
  }
  set_thread_count(threads);
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

}  // namespace
}  // namespace tern::kernels
