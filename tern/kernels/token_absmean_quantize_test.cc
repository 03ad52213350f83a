#include "tern/kernels/token_absmean_quantize.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/token_absmean_quantize_ref.h"

namespace tern::kernels {
namespace {

template <class T = float>
std::vector<T> quantized(const std::vector<T>& x, int64_t N, int64_t C) {
  std::vector<T> y(x.size());
  token_absmean_quantize_fwd<T>({x.data(), N, C}, {y.data(), N, C});
  return y;
}

template <class T>
void expect_matches_reference(int64_t N, int64_t C) {
  const auto x = random_normal<T>(N * C, 1);
  const auto xd = convert<double>(x);
  std::vector<double> want(xd.size());
  for (int64_t n = 0; n < N; ++n) ref::token_absmean_quantize(&xd[n * C], C, &want[n * C]);
  expect_close(quantized(x, N, C), want, rounding<T>() + 64 * rounding<float>());
}

TEST(TokenAbsmeanQuantize, MatchesTheReference) {
  for (const int64_t C : {1, 15, 64, 200}) {
    expect_matches_reference<float>(9, C);
    expect_matches_reference<bf16>(9, C);
  }
}

TEST(TokenAbsmeanQuantize, SaturatesAnOutlierAtMinusEightAndSeven) {
  std::vector<float> x(64, 0.0f);
  x[3] = 64, x[5] = -64;  // a mean magnitude of 2
  const std::vector<float> y = quantized(x, 1, 64);
  EXPECT_NEAR(y[3], 7 * 2 / std::sqrt(7.0f), 1e-5);
  EXPECT_NEAR(y[5], -8 * 2 / std::sqrt(7.0f), 1e-5);
  EXPECT_EQ(y[4], 0);
}

TEST(TokenAbsmeanQuantize, ATokenOfZerosStaysZero) {
  const std::vector<float> zeros(20);
  EXPECT_EQ(quantized(zeros, 4, 5), zeros);
}

TEST(TokenAbsmeanQuantize, NotANumberStaysVisible) {
  EXPECT_TRUE(std::isnan(quantized<float>({1, NAN}, 1, 2)[1]));
}

}  // namespace
}  // namespace tern::kernels
