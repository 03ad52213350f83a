#include "tern/kernels/token_quantize.h"

#include <numeric>

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/token_quantize_ref.h"

namespace tern::kernels {
namespace {

template <class T>
std::vector<float> by_token(const std::vector<T>& x, int64_t N, int64_t C, int bits, float clip = 1,
                            float lambda = 1) {
  std::vector<T> y(x.size());
  token_quantize_fwd<T>({x.data(), N, C}, bits, clip, lambda, {y.data(), N, C});
  return convert<float>(y);
}

template <class T>
std::vector<float> by_channel(const std::vector<T>& x, int64_t N, int64_t length, int64_t C,
                              int bits, float clip = 1, float lambda = 1) {
  std::vector<T> y(x.size());
  channel_quantize_fwd<T>({x.data(), N, C}, length, bits, clip, lambda, {y.data(), N, C});
  return convert<float>(y);
}

constexpr int64_t kSequences = 3;

template <class T>
void expect_matches_reference(int64_t length, int64_t C, int bits, float clip) {
  const int64_t N = kSequences * length;
  const auto x = random_normal<T>(N * C, 1);
  const auto xf = convert<float>(x);
  std::vector<float> tokens(x.size()), channels(x.size());
  for (int64_t n = 0; n < N; ++n) {
    ref::absmax_quantize(&xf[n * C], C, bits, clip, &tokens[n * C]);
  }
  for (int64_t first = 0; first < N * C; first += length * C) {
    for (int64_t i = first; i < first + C; ++i) {
      ref::running_absmax_quantize(&xf[i], length, C, bits, clip, &channels[i]);
    }
  }
  EXPECT_EQ(by_token(x, N, C, bits, clip), convert<float>(convert<T>(tokens)));
  EXPECT_EQ(by_channel(x, N, length, C, bits, clip), convert<float>(convert<T>(channels)));
}

TEST(TokenQuantize, MatchesTheReferenceToTheBit) {
  for (const int bits : {2, 4, 8}) {
    for (const int64_t C : {1, 15, 64, 65, 200}) {
      for (const float clip : {1.0f, 0.75f, 0.2f}) {
        expect_matches_reference<float>(11, C, bits, clip);
        expect_matches_reference<bf16>(11, C, bits, clip);
      }
    }
  }
}

TEST(TokenQuantize, KeepsTheLargestMagnitudeAndZerosAndRoundsTiesToEven) {
  // Qp is 7 at 4 bits, so these are the codes 7, -7, 0, 2 (from 2.5), -4 (from -3.5).
  const std::vector<float> x{7, -7, 0, 2.5, -3.5};
  EXPECT_EQ(by_token(x, 1, 5, 4), (std::vector<float>{7, -7, 0, 2, -4}));
  EXPECT_EQ(by_channel(x, 5, 5, 1, 4), (std::vector<float>{7, -7, 0, 2, -4}));
}

TEST(TokenQuantize, KeepsARowOfOneValue) {
  for (const float value : {3.0f, -0.5f}) {
    const std::vector<float> flat(20, value);
    for (const int bits : {2, 4, 8}) {
      EXPECT_EQ(by_token(flat, 1, 20, bits), flat) << bits << " bits";
      EXPECT_EQ(by_channel(flat, 20, 20, 1, bits), flat) << bits << " bits";
    }
  }
}

TEST(TokenQuantize, PutsARampOnEvenStepsThatReachBothEnds) {
  // Qp is 7 at 4 bits, so -14 to 14 has steps of 2, and odd numbers lie between two codes: the even
  // code is taken, such as 2 for 5 / 2.
  std::vector<float> ramp(29);
  std::iota(ramp.begin(), ramp.end(), -14.0f);
  const std::vector<float> steps = {-14, -12, -12, -12, -10, -8, -8, -8, -6, -4, -4, -4, -2, 0, 0,
                                    0,   2,   4,   4,   4,   6,  8,  8,  8,  10, 12, 12, 12, 14};
  EXPECT_EQ(by_token(ramp, 1, 29, 4), steps);
  // A channel has its largest magnitude, -14, from the first token on.
  EXPECT_EQ(by_channel(ramp, 29, 29, 1, 4), steps);
  // At 8 bits each integer up to Qp is a code.
  std::vector<float> codes(255);
  std::iota(codes.begin(), codes.end(), -127.0f);
  EXPECT_EQ(by_token(codes, 1, 255, 8), codes);
}

TEST(TokenQuantize, ARisingChannelIsKeptAtEachTokenAsItsOwnLargest) {
  const std::vector<float> rising = {1, 2, 4, 8, 16, 32};
  EXPECT_EQ(by_channel(rising, 6, 6, 1, 2), rising);
  // By its last token's scale alone, the first three would be 0.
  EXPECT_EQ(by_token(rising, 1, 6, 2), (std::vector<float>{0, 0, 0, 0, 0, 32}));
}

TEST(TokenQuantize, ClippingSaturatesOutliersAndRefinesTheGridForTheRest) {
  // Qp is 7 at 4 bits. The largest code stands for 70 without clipping, for 7 with a tenth of it.
  const std::vector<float> x{70, -70, 3, 1};
  EXPECT_EQ(by_token(x, 1, 4, 4), (std::vector<float>{70, -70, 0, 0}));
  EXPECT_EQ(by_token(x, 1, 4, 4, 0.1f), (std::vector<float>{7, -7, 3, 1}));
  EXPECT_EQ(by_channel(x, 4, 4, 1, 4, 0.1f), (std::vector<float>{7, -7, 3, 1}));
}

template <class T, class D>
void expect_backward_matches_reference(int64_t length, int64_t C, float clip, float lambda) {
  const int64_t N = kSequences * length;
  const auto x = random_normal<T>(N * C, 1), dy = random_normal<T>(N * C, 2);
  const auto xf = convert<float>(x), dyf = convert<float>(dy);
  std::vector<float> tokens(x.size(), 1.0f), channels(x.size(), 1.0f);
  for (int64_t n = 0; n < N; ++n) {
    ref::absmax_quantize_bwd(&dyf[n * C], &xf[n * C], C, clip, lambda, &tokens[n * C]);
  }
  for (int64_t first = 0; first < N * C; first += length * C) {
    for (int64_t i = first; i < first + C; ++i) {
      ref::running_absmax_quantize_bwd(&dyf[i], &xf[i], length, C, clip, lambda, &channels[i]);
    }
  }
  std::vector<D> by_token(x.size(), D(1.0f)), by_channel(x.size(), D(1.0f));
  token_quantize_bwd<T, D>({dy.data(), N, C}, {x.data(), N, C}, clip, lambda,
                           {by_token.data(), N, C});
  channel_quantize_bwd<T, D>({dy.data(), N, C}, {x.data(), N, C}, length, clip, lambda,
                             {by_channel.data(), N, C});
  // Products may be rounded or not before they are added.
  expect_close(by_token, tokens, 2 * rounding<D>());
  expect_close(by_channel, channels, 2 * rounding<D>());
}

TEST(TokenQuantize, GradientIsAddedWhereNothingSaturates) {
  for (const float clip : {1.0f, 0.5f}) {
    for (const float lambda : {1.0f, 0.25f}) {
      expect_backward_matches_reference<float, float>(11, 65, clip, lambda);
      expect_backward_matches_reference<bf16, bf16>(11, 65, clip, lambda);
      expect_backward_matches_reference<bf16, float>(17, 70, clip, lambda);
    }
  }
}

TEST(TokenQuantize, MovesTheInputByLambdaTimesWhatQuantizingChanges) {
  const auto x = random_normal<float>(6 * 20, 1);
  for (const float clip : {1.0f, 0.5f}) {
    const auto expect_mixed = [&](const auto& quantized) {
      const std::vector<float> q = quantized(1.0f), mixed = quantized(0.25f);
      for (size_t i = 0; i < x.size(); ++i) {
        EXPECT_NEAR(mixed[i], x[i] + 0.25f * (q[i] - x[i]), 1e-6);
      }
      EXPECT_EQ(quantized(0.0f), x);
    };
    expect_mixed([&](float lambda) { return by_token(x, 6, 20, 4, clip, lambda); });
    expect_mixed([&](float lambda) { return by_channel(x, 6, 3, 20, 4, clip, lambda); });
  }
}

TEST(TokenQuantize, RowsOfZerosStayZero) {
  const std::vector<float> zeros(20);
  EXPECT_EQ(by_token(zeros, 4, 5, 8), zeros);
  EXPECT_EQ(by_channel(zeros, 4, 2, 5, 8), zeros);
}

TEST(TokenQuantize, EveryTokenHasItsOwnScale) {
  const std::vector<float> x{100, 1, 0.5, 0.25};
  const std::vector<float> y = by_token(x, 2, 2, 2);
  EXPECT_EQ(y, (std::vector<float>{100, 0, 0.5, 0}));
}

TEST(TokenQuantize, AChannelsScaleNeitherSeesLaterTokensNorOtherSequences) {
  // Qp is 1 at 2 bits. Two sequences of three tokens, one channel.
  const std::vector<float> x{2, 100, 2, 3, 1, 1};
  EXPECT_EQ(by_channel(x, 6, 3, 1, 2), (std::vector<float>{2, 100, 0, 3, 0, 0}));
}

TEST(TokenQuantize, NotANumberStaysVisible) {
  const std::vector<float> x{1, NAN, INFINITY, 2};
  EXPECT_TRUE(std::isnan(by_token(x, 2, 2, 8)[1]));
  EXPECT_TRUE(std::isnan(by_token(x, 2, 2, 8)[2]));
}

}  // namespace
}  // namespace tern::kernels
