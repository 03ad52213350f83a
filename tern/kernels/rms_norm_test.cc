#include "tern/kernels/rms_norm.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/rms_norm_ref.h"

namespace tern::kernels {
namespace {

constexpr double kEpsilon = 1e-5;

template <class Out>
void expect_forward_matches_reference(int64_t N, int64_t C) {
  const auto x = random_normal(N * C, 1), gain = random_normal(C, 2);
  std::vector<Out> y(N * C);
  std::vector<float> r(N);
  rms_norm_fwd<Out>({x.data(), N, C}, gain.data(), kEpsilon, {y.data(), N, C}, r.data());

  const auto xd = convert<double>(x), gd = convert<double>(gain);
  std::vector<double> want(N * C);
  for (int64_t n = 0; n < N; ++n) {
    ref::rms_norm_fwd(&xd[n * C], gd.data(), kEpsilon, C, &want[n * C]);
  }
  expect_close(y, want, rounding<Out>() + (C / 16 + 16) * rounding<float>());
}

TEST(RmsNorm, ForwardMatchesTheReferenceAtEveryTail) {
  for (const int64_t C : {1, 15, 16, 17, 64, 576}) {
    expect_forward_matches_reference<float>(5, C);
    expect_forward_matches_reference<bf16>(5, C);
  }
}

TEST(RmsNorm, WithoutAGainItIsThatOfOnes) {
  const int64_t N = 9, C = 70;
  const auto x = random_normal<bf16>(N * C, 1), dy = random_normal<bf16>(N * C, 2);
  const std::vector<float> ones(C, 1.0f);
  std::vector<bf16> y(N * C), want_y(N * C), dx(N * C), want_dx(N * C);
  std::vector<float> r(N), dgain(C);
  const Matrix<const bf16> in{x.data(), N, C}, out_gradient{dy.data(), N, C};
  rms_norm_fwd(in, nullptr, kEpsilon, Matrix<bf16>{y.data(), N, C}, r.data());
  rms_norm_bwd(out_gradient, in, nullptr, r.data(), Matrix<bf16>{dx.data(), N, C}, nullptr);
  rms_norm_fwd(in, ones.data(), kEpsilon, Matrix<bf16>{want_y.data(), N, C}, r.data());
  rms_norm_bwd(out_gradient, in, ones.data(), r.data(), Matrix<bf16>{want_dx.data(), N, C},
               dgain.data());
  EXPECT_EQ(convert<float>(y), convert<float>(want_y));
  EXPECT_EQ(convert<float>(dx), convert<float>(want_dx));
  EXPECT_NE(convert<float>(dx), std::vector<float>(N * C));
}

TEST(RmsNorm, LeavesOutTheGradientOfAGainThatNobodyWants) {
  const int64_t N = 150, C = 70;
  const auto x = random_normal(N * C, 1), gain = random_normal(C, 2), dy = random_normal(N * C, 3);
  std::vector<float> y(N * C), r(N), dx(N * C), want_dx(N * C), dgain(C);
  const Matrix<const float> in{x.data(), N, C}, out_gradient{dy.data(), N, C};
  rms_norm_fwd(in, gain.data(), kEpsilon, Matrix<float>{y.data(), N, C}, r.data());
  rms_norm_bwd(out_gradient, in, gain.data(), r.data(), {dx.data(), N, C}, nullptr);
  rms_norm_bwd(out_gradient, in, gain.data(), r.data(), {want_dx.data(), N, C}, dgain.data());
  EXPECT_EQ(dx, want_dx);
}

TEST(RmsNorm, ReferenceGradientIsTheTrueDerivative) {
  const int64_t C = 7;
  const auto x = random_normal<double>(C, 3), gain = random_normal<double>(C, 4);
  const auto dy = random_normal<double>(C, 5);
  std::vector<double> dx(C), dgain(C);
  ref::rms_norm_bwd(dy.data(), x.data(), gain.data(), kEpsilon, C, dx.data(), dgain.data());

  const auto loss = [&](const auto& xz, const auto& gz) {
    std::vector<std::complex<double>> y(C);
    ref::rms_norm_fwd(xz.data(), gz.data(), kEpsilon, C, y.data());
    std::complex<double> sum = 0;
    for (int64_t c = 0; c < C; ++c) sum += dy[c] * y[c];
    return sum;
  };
  const std::vector<std::complex<double>> xz(x.begin(), x.end()), gz(gain.begin(), gain.end());
  expect_close(dx, complex_step_gradient(x, [&](const auto& z) { return loss(z, gz); }), 1e-7);
  expect_close(dgain, complex_step_gradient(gain, [&](const auto& z) { return loss(xz, z); }),
               1e-7);
}

template <class Out>
void expect_backward_adds_reference_gradients(int64_t N, int64_t C) {
  const auto x = random_normal(N * C, 6), gain = random_normal(C, 7);
  const auto dy = random_normal<Out>(N * C, 8);
  std::vector<Out> y(N * C);
  std::vector<float> r(N), dx(N * C, 1.0f), dgain(C, 1.0f);
  rms_norm_fwd<Out>({x.data(), N, C}, gain.data(), kEpsilon, {y.data(), N, C}, r.data());
  rms_norm_bwd<Out>({dy.data(), N, C}, {x.data(), N, C}, gain.data(), r.data(), {dx.data(), N, C},
                    dgain.data());

  const auto xd = convert<double>(x), gd = convert<double>(gain), dyd = convert<double>(dy);
  std::vector<double> want_dx(N * C, 1.0), want_dgain(C, 1.0);
  for (int64_t n = 0; n < N; ++n) {
    ref::rms_norm_bwd(&dyd[n * C], &xd[n * C], gd.data(), kEpsilon, C, &want_dx[n * C],
                      want_dgain.data());
  }
  // dx is a difference of two terms up to r ~ 100 times larger than itself when C is 1.
  expect_close(dx, want_dx, (C / 16 + 128) * rounding<float>());
  // Terms of either sign are summed over N rows, so the error follows the sum of their magnitudes.
  expect_close(dgain, want_dgain, (N + 16) * 8 * rounding<float>());
}

TEST(RmsNorm, BackwardAddsTheReferenceGradients) {
  for (const int64_t C : {1, 17, 64}) {
    expect_backward_adds_reference_gradients<float>(300, C);
    expect_backward_adds_reference_gradients<bf16>(300, C);
  }
}

}  // namespace
}  // namespace tern::kernels
