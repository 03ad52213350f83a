#include "tern/kernels/symmetric_gemm.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/symmetric_gemm_ref.h"

namespace tern::kernels {
namespace {

TEST(SymmetricGemm, GivesTheWholeProductOfAMatrixAndItsTranspose) {
  for (const int64_t n : {1, 24, 161, 333}) {
    constexpr int64_t k = 50;
    const auto x = random_normal(n * k, 1);
    const Matrix<const float> rows(x.data(), n, k);
    for (const Into into : {Into::overwrite, Into::accumulate}) {
      std::vector<float> got(n * n, 1.0f), want = got;
      symmetric_gemm(rows, rows.t(), {got.data(), n, n}, into);
      gemm(rows, rows.t(), {want.data(), n, n}, into);
      expect_close(got, want, k * rounding<float>() * std::sqrt(double{k}));
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < i; ++j) {
          ASSERT_NEAR(got[i * n + j], got[j * n + i], k * rounding<float>() * std::sqrt(double{k}));
        }
      }
    }
  }
}

TEST(SymmetricGemm, TakesTheColumnsOfATallMatrixInBf16) {
  constexpr int64_t n = 200, k = 300;
  const auto x = random_normal<bf16>(n * k, 2);
  const Matrix<const bf16> tall(x.data(), k, n);
  std::vector<float> got(n * n), want = got;
  symmetric_gemm(tall.t(), tall, {got.data(), n, n}, Into::overwrite);
  gemm(tall.t(), tall, {want.data(), n, n}, Into::overwrite);
  expect_close(got, want, k * rounding<float>() * std::sqrt(double{k}));
}

TEST(SymmetricGemm, IsWhatItsReferenceSays) {
  constexpr int64_t n = 70, k = 33;
  const auto x = random_normal(n * k, 3);
  const Matrix<const float> rows(x.data(), n, k);
  std::vector<float> got(n * n), want = got;
  symmetric_gemm(rows, rows.t(), {got.data(), n, n}, Into::overwrite);
  ref::symmetric_gemm<double>(rows, rows.t(), {want.data(), n, n});
  expect_close(got, want, k * rounding<float>() * std::sqrt(double{k}));
}

TEST(Transpose, SwapsRowsAndColumns) {
  constexpr int64_t n = 37, k = 21;
  const auto x = random_normal(n * k, 4);
  std::vector<float> got(n * k);
  transpose({x.data(), n, k}, {got.data(), k, n});
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < k; ++j) ASSERT_EQ(got[j * n + i], x[i * k + j]) << i << ", " << j;
  }
}

}  // namespace
}  // namespace tern::kernels
