#include "tern/kernels/elementwise.h"

#include "tern/kernels/elementwise_ref.h"
#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace {

TEST(Elementwise, MatchesTheReferenceForEveryBroadcast) {
  const auto f = [](float a, float b) { return 2 * a - b; };
  for (const int64_t cols : {1, 7, 256, 300}) {
    const int64_t rows = 131;
    const auto a = random_normal(rows * cols, 1), b = random_normal(rows * cols, 2);
    for (const int64_t row_stride : {int64_t{0}, cols}) {
      for (const int64_t col_stride : {0, 1}) {
        for (const Into into : {Into::overwrite, Into::accumulate}) {
          const Matrix<const float> full(a.data(), rows, cols);
          const Matrix<const float> spread(b.data(), rows, cols, row_stride, col_stride);
          std::vector<float> got(a.size(), 1.0f), want = got;
          elementwise(into, {got.data(), rows, cols}, f, full, spread);
          ref::elementwise(into, {want.data(), rows, cols}, f, full, spread);
          // Equal but for a product and a sum that one of the two may round once.
          expect_close(got, want, 4 * rounding<float>());
          elementwise(into, {got.data(), rows, cols}, f, spread, full);
          ref::elementwise(into, {want.data(), rows, cols}, f, spread, full);
          expect_close(got, want, 8 * rounding<float>());
        }
      }
    }
  }
}

TEST(Elementwise, TakesAnyNumberOfInputs) {
  const std::vector<float> a{1, 2}, b{10, 20}, c{100, 200};
  std::vector<float> y(2);
  const auto view = [](const std::vector<float>& x) { return Matrix<const float>(x.data(), 1, 2); };
  elementwise(
      Into::overwrite, {y.data(), 1, 2}, [](float a) { return -a; }, view(a));
  EXPECT_EQ(y, (std::vector<float>{-1, -2}));
  elementwise(
      Into::overwrite, {y.data(), 1, 2}, [](float a, float b, float c) { return a + b + c; },
      view(a), view(b), view(c));
  EXPECT_EQ(y, (std::vector<float>{111, 222}));
}

TEST(Elementwise, CoversOneLongRow) {
  const int64_t n = 100'003;
  const auto x = random_normal(n, 1);
  std::vector<float> y(n);
  elementwise(Into::overwrite, {y.data(), 1, n}, [](float a) { return a; }, {x.data(), 1, n});
  EXPECT_EQ(y, x);
}

}  // namespace
}  // namespace tern::kernels
