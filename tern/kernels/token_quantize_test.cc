#include "tern/kernels/token_quantize.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/token_quantize_ref.h"

namespace tern::kernels {
namespace {

template <class T>
std::vector<float> by_token(const std::vector<T>& x, int64_t N, int64_t C, int bits) {
  std::vector<T> y(x.size());
  token_quantize_fwd<T>({x.data(), N, C}, bits, {y.data(), N, C});
  return convert<float>(y);
}

template <class T>
std::vector<float> by_channel(const std::vector<T>& x, int64_t N, int64_t C, int bits) {
  std::vector<T> y(x.size());
  channel_quantize_fwd<T>({x.data(), N, C}, bits, {y.data(), N, C});
  return convert<float>(y);
}

template <class T>
void expect_matches_reference(int64_t N, int64_t C, int bits) {
  const auto x = random_normal<T>(N * C, 1);
  const auto xf = convert<float>(x);
  std::vector<float> tokens(x.size()), channels(x.size());
  for (int64_t n = 0; n < N; ++n) ref::absmax_quantize(&xf[n * C], C, 1, bits, &tokens[n * C]);
  for (int64_t c = 0; c < C; ++c) ref::absmax_quantize(&xf[c], N, C, bits, &channels[c]);
  EXPECT_EQ(by_token(x, N, C, bits), convert<float>(convert<T>(tokens)));
  EXPECT_EQ(by_channel(x, N, C, bits), convert<float>(convert<T>(channels)));
}

TEST(TokenQuantize, MatchesTheReferenceToTheBit) {
  for (const int bits : {2, 4, 8}) {
    for (const int64_t C : {1, 15, 64, 65, 200}) {
      expect_matches_reference<float>(33, C, bits);
      expect_matches_reference<bf16>(33, C, bits);
    }
  }
}

TEST(TokenQuantize, KeepsTheLargestMagnitudeAndZerosAndRoundsTiesToEven) {
  // Qp is 7 at 4 bits, so these are the codes 7, -7, 0, 2 (from 2.5), -4 (from -3.5).
  const std::vector<float> x{7, -7, 0, 2.5, -3.5};
  EXPECT_EQ(by_token(x, 1, 5, 4), (std::vector<float>{7, -7, 0, 2, -4}));
  EXPECT_EQ(by_channel(x, 5, 1, 4), (std::vector<float>{7, -7, 0, 2, -4}));
}

TEST(TokenQuantize, RowsOfZerosStayZero) {
  const std::vector<float> zeros(20);
  EXPECT_EQ(by_token(zeros, 4, 5, 8), zeros);
  EXPECT_EQ(by_channel(zeros, 4, 5, 8), zeros);
}

TEST(TokenQuantize, EveryTokenHasItsOwnScale) {
  const std::vector<float> x{100, 1, 0.5, 0.25};
  const std::vector<float> y = by_token(x, 2, 2, 2);
  EXPECT_EQ(y, (std::vector<float>{100, 0, 0.5, 0}));
}

TEST(TokenQuantize, NotANumberStaysVisible) {
  const std::vector<float> x{1, NAN, INFINITY, 2};
  EXPECT_TRUE(std::isnan(by_token(x, 2, 2, 8)[1]));
  EXPECT_TRUE(std::isnan(by_token(x, 2, 2, 8)[2]));
}

}  // namespace
}  // namespace tern::kernels
