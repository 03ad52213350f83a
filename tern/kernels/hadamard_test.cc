#include "tern/kernels/hadamard.h"

#include <string>

#include "tern/kernels/hadamard_ref.h"
#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace {

template <class T>
std::vector<T> rotated(const std::vector<T>& x, int64_t N, int64_t C, int64_t block) {
  std::vector<T> y(x.size());
  hadamard_fwd<T>({x.data(), N, C}, block, {y.data(), N, C});
  return y;
}

template <class T>
void expect_matches_reference(int64_t N, int64_t C, int64_t block) {
  const auto x = random_normal<T>(N * C, 1);
  const auto xd = convert<double>(x);
  std::vector<double> y(xd.size()), dx(xd.size(), 1.0);
  for (int64_t n = 0; n < N; ++n) {
    ref::hadamard_fwd(&xd[n * C], C, block, &y[n * C]);
    ref::hadamard_bwd(&xd[n * C], C, block, &dx[n * C]);
  }
  // log2(block) additions, each rounding partial sums that are at most block times a number.
  const double tolerance = rounding<T>() + 64 * rounding<float>();
  expect_close(rotated(x, N, C, block), y, tolerance);
  std::vector<float> got(x.size(), 1.0f);
  hadamard_bwd<T, float>({x.data(), N, C}, block, {got.data(), N, C}, Into::accumulate);
  expect_close(got, dx, 64 * rounding<float>());
  for (double& d : dx) d -= 1;
  hadamard_bwd<T, float>({x.data(), N, C}, block, {got.data(), N, C}, Into::overwrite);
  expect_close(got, dx, 64 * rounding<float>());
}

TEST(Hadamard, MatchesTheProductWithItsMatrixForEveryBlock) {
  for (const int64_t block : {2, 4, 8, 16, 32, 64, 512}) {
    expect_matches_reference<float>(3, 3 * block, block);
    expect_matches_reference<bf16>(3, 3 * block, block);
  }
}

TEST(Hadamard, SpreadsAnOutlierOverItsBlockAlone) {
  std::vector<float> x(128);
  x[70] = 8;
  const std::vector<float> y = rotated(x, 1, 128, 64);
  for (int c = 0; c < 128; ++c) EXPECT_EQ(std::abs(y[c]), c < 64 ? 0 : 1) << c;
}

TEST(Hadamard, KeepsInnerProducts) {
  const auto x = random_normal(576, 1), w = random_normal(576, 2);
  const auto dot = [](const auto& a, const auto& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
    return sum;
  };
  EXPECT_NEAR(dot(rotated(x, 1, 576, 64), rotated(w, 1, 576, 64)), dot(x, w), 1e-4);
}

TEST(Hadamard, SignsOfColumnsAreThoseThatFilesWereMadeWith) {
  std::string signs;
  for (int64_t c = 0; c < 32; ++c) signs += hadamard_sign(c) < 0 ? '-' : '+';
  EXPECT_EQ(signs, "+-+---+--+++-++-+--+--+---+-+++-");
}

TEST(Hadamard, WorksInPlace) {
  auto x = random_normal(2 * 64, 3);
  const auto want = rotated(x, 2, 64, 32);
  hadamard_fwd<float>({x.data(), 2, 64}, 32, {x.data(), 2, 64});
  EXPECT_EQ(x, want);
}

}  // namespace
}  // namespace tern::kernels
