#include "tern/kernels/swiglu.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/swiglu_ref.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRows = 5;

template <class T>
void expect_forward_matches_reference(int64_t F) {
  const auto gate = random_normal<T>(kRows * F, 1, 3.0), up = random_normal<T>(kRows * F, 2);
  std::vector<T> y(kRows * F);
  swiglu_fwd<T>({gate.data(), kRows, F}, {up.data(), kRows, F}, {y.data(), kRows, F});

  const auto gd = convert<double>(gate), ud = convert<double>(up);
  std::vector<double> want(kRows * F);
  ref::swiglu_fwd(gd.data(), ud.data(), kRows * F, want.data());
  // The sigmoid is good to 4 units in the last place, two products follow.
  expect_close(y, want, rounding<T>() + 10 * rounding<float>());
}

TEST(SwiGLU, ForwardMatchesTheReferenceAtEveryTail) {
  for (const int64_t F : {1, 15, 16, 17, 64, 1536}) {
    expect_forward_matches_reference<float>(F);
    expect_forward_matches_reference<bf16>(F);
  }
}

TEST(SwiGLU, SaturatesInsteadOfOverflowing) {
  const std::vector<float> gate = {-1e30f, 1e30f}, up = {1.0f, 1.0f};
  std::vector<float> y(2);
  swiglu_fwd<float>({gate.data(), 1, 2}, {up.data(), 1, 2}, {y.data(), 1, 2});
  EXPECT_EQ(y[0], 0.0f);
  EXPECT_EQ(y[1], 1e30f);
}

TEST(SwiGLU, ReferenceGradientIsTheTrueDerivative) {
  const int64_t F = 7;
  const auto gate = random_normal<double>(F, 5), up = random_normal<double>(F, 6);
  const auto dy = random_normal<double>(F, 7);
  std::vector<double> dgate(F), dup(F);
  ref::swiglu_bwd(dy.data(), gate.data(), up.data(), F, dgate.data(), dup.data());

  const auto loss = [&](const auto& gz, const auto& uz) {
    std::vector<std::complex<double>> y(F);
    ref::swiglu_fwd(gz.data(), uz.data(), F, y.data());
    std::complex<double> sum = 0;
    for (int64_t f = 0; f < F; ++f) sum += dy[f] * y[f];
    return sum;
  };
  const std::vector<std::complex<double>> gz(gate.begin(), gate.end()), uz(up.begin(), up.end());
  expect_close(dgate, complex_step_gradient(gate, [&](const auto& z) { return loss(z, uz); }),
               1e-7);
  expect_close(dup, complex_step_gradient(up, [&](const auto& z) { return loss(gz, z); }), 1e-7);
}

template <class T>
void expect_backward_adds_reference_gradients(int64_t F) {
  const int64_t n = kRows * F;
  const auto gate = random_normal<T>(n, 8, 3.0), up = random_normal<T>(n, 9);
  const auto dy = random_normal<T>(n, 10);
  std::vector<T> dgate(n, T(1.0f)), dup(n, T(1.0f));
  swiglu_bwd<T>({dy.data(), kRows, F}, {gate.data(), kRows, F}, {up.data(), kRows, F},
                {dgate.data(), kRows, F}, {dup.data(), kRows, F});

  const auto gd = convert<double>(gate), ud = convert<double>(up), dyd = convert<double>(dy);
  std::vector<double> want_dgate(n, 1.0), want_dup(n, 1.0);
  ref::swiglu_bwd(dyd.data(), gd.data(), ud.data(), n, want_dgate.data(), want_dup.data());
  // The gradient added to 1 may cancel it: the error follows |dy up gate|, below 50 here.
  expect_close(dgate, want_dgate, rounding<T>() + 10 * 50 * rounding<float>());
  expect_close(dup, want_dup, rounding<T>() + 10 * 50 * rounding<float>());
}

TEST(SwiGLU, BackwardAddsTheReferenceGradients) {
  for (const int64_t F : {1, 17, 64}) {
    expect_backward_adds_reference_gradients<float>(F);
    expect_backward_adds_reference_gradients<bf16>(F);
  }
}

}  // namespace
}  // namespace tern::kernels
