#include "tern/kernels/spd_inverse.h"

#include <cmath>

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/spd_inverse_ref.h"

namespace tern::kernels {
namespace {

/// u u^T + shift, for one random direction u of length 1: its condition number is (1 + shift) /
/// shift.
std::vector<float> one_direction(int64_t n, double shift) {
  auto u = random_normal(n, 1);
  double square = 0;
  for (const float x : u) square += double{x} * x;
  std::vector<float> a(n * n);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) a[i * n + j] = static_cast<float>(u[i] * u[j] / square);
    a[i * n + i] += static_cast<float>(shift);
  }
  return a;
}

TEST(SpdInverse, FollowsTheReferenceWithinTheConditionNumber) {
  for (const int64_t n : {1, 2, 48, 49, 97, 150, 333}) {
    for (const double shift : {1.0, 1e-2, 2e-5}) {
      auto a = one_direction(n, shift);
      auto want = convert<double>(a);
      ref::spd_inverse(Matrix<double>(want.data(), n, n));
      spd_inverse({a.data(), n, n});
      // In units of the inverse's norm, 1 / shift.
      for (float& x : a) x *= static_cast<float>(shift);
      for (double& x : want) x *= shift;
      expect_close(a, want, 16 * rounding<float>() / shift);
    }
  }
}

TEST(InverseCholesky, FollowsTheReferenceWithinTheConditionNumber) {
  for (const int64_t n : {1, 2, 48, 49, 97, 150, 333}) {
    for (const double shift : {1.0, 1e-2, 2e-5}) {
      auto a = one_direction(n, shift);
      auto exact = convert<double>(a);
      std::vector<float> got(n * n, NAN);
      std::vector<double> want(n * n);
      ref::inverse_cholesky(Matrix<double>(exact.data(), n, n), Matrix<double>(want.data(), n, n));
      inverse_cholesky({a.data(), n, n}, {got.data(), n, n});
      // In units of its norm, the root of the inverse's.
      for (float& x : got) x *= static_cast<float>(std::sqrt(shift));
      for (double& x : want) x *= std::sqrt(shift);
      expect_close(got, want, 16 * rounding<float>() / shift);
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = i + 1; j < n; ++j) ASSERT_EQ(got[i * n + j], 0) << i << ", " << j;
      }
    }
  }
}

TEST(InverseCholesky, AMatrixThatIsNotPositiveDefiniteShowsOnTheDiagonal) {
  constexpr int64_t n = 100;
  for (const int64_t bad : {0, 30, 60, 99}) {
    for (const float value : {0.0f, -1.0f, NAN}) {
      auto a = one_direction(n, 1.0);
      for (int64_t i = 0; i < n; ++i) a[bad * n + i] = a[i * n + bad] = 0;
      a[bad * n + bad] = value;
      std::vector<float> got(n * n);
      inverse_cholesky({a.data(), n, n}, {got.data(), n, n});
      bool finite = true;
      for (int64_t i = 0; i < n; ++i) finite = finite && std::isfinite(got[i * n + i]);
      EXPECT_FALSE(finite) << value << " at " << bad;
    }
  }
}

}  // namespace
}  // namespace tern::kernels
