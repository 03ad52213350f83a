#include "tern/kernels/token_absmean_quantize.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/token_absmean_quantize_ref.h"

namespace tern::kernels {
namespace {

template <class T = float>
std::vector<T> quantized(const std::vector<T>& x, int64_t N, int64_t C, float lambda = 1) {
  std::vector<T> y(x.size());
  token_absmean_quantize_fwd<T>({x.data(), N, C}, lambda, {y.data(), N, C});
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

TEST(TokenAbsmeanQuantize, ARowOfOneValueTakesTheCodeThree) {
  // Each is the mean, so sqrt(7) = 2.65 of its steps of mean / sqrt(7).
  for (const float value : {2.0f, -2.0f}) {
    const std::vector<float> y = quantized<float>(std::vector<float>(20, value), 1, 20);
    for (const float found : y) EXPECT_NEAR(found, 3 * value / std::sqrt(7.0f), 1e-5);
  }
}

TEST(TokenAbsmeanQuantize, PutsARampOnEvenStepsThatEndAtTheCodeFive) {
  // The mean magnitude is 20 / 9, and its step, by sqrt(7), 0.84.
  const std::vector<float> ramp = {-4, -3, -2, -1, 0, 1, 2, 3, 4};
  const std::vector<float> codes = {-5, -4, -2, -1, 0, 1, 2, 4, 5};
  const float step = 20 / 9.0f / std::sqrt(7.0f);
  const std::vector<float> y = quantized(ramp, 1, 9);
  for (size_t i = 0; i < ramp.size(); ++i) EXPECT_NEAR(y[i], codes[i] * step, 1e-4) << ramp[i];
}

TEST(TokenAbsmeanQuantize, MovesTheInputByLambdaTimesWhatQuantizingChanges) {
  const auto x = random_normal<float>(9 * 20, 1), q = quantized(x, 9, 20);
  const auto mixed = quantized(x, 9, 20, 0.25f);
  for (size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(mixed[i], x[i] + 0.25f * (q[i] - x[i]), 1e-6);
  EXPECT_EQ(quantized(x, 9, 20, 0), x);
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
