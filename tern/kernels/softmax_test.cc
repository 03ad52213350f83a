#include "tern/kernels/softmax.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/softmax_ref.h"

namespace tern::kernels {
namespace {

TEST(Softmax, ForwardAndBackwardMatchTheReferenceAtEveryTail) {
  const int64_t N = 33;
  for (const int64_t C : {1, 15, 16, 17, 300}) {
    const auto x = random_normal(N * C, 1, 3.0), dy = random_normal(N * C, 2);
    std::vector<float> y(x.size()), dx(x.size(), 1.0f);
    softmax_fwd({x.data(), N, C}, {y.data(), N, C});
    softmax_bwd({dy.data(), N, C}, {y.data(), N, C}, {dx.data(), N, C});

    const auto xd = convert<double>(x), dyd = convert<double>(dy);
    std::vector<double> want_y(x.size()), want_dx(x.size(), 1.0);
    for (int64_t n = 0; n < N * C; n += C) {
      ref::softmax_fwd(&xd[n], C, &want_y[n]);
      ref::softmax_bwd(&dyd[n], &want_y[n], C, &want_dx[n]);
    }
    // The exponent reaches about 20, and its rounding is the result's relative error.
    const double tolerance = (20 + C / 16 + 16) * rounding<float>();
    expect_close(y, want_y, tolerance);
    expect_close(dx, want_dx, 8 * tolerance);
  }
}

TEST(Softmax, ReferenceGradientIsTheTrueDerivative) {
  const int64_t C = 6;
  const auto x = random_normal<double>(C, 1), dy = random_normal<double>(C, 2);
  std::vector<double> y(C), dx(C);
  ref::softmax_fwd(x.data(), C, y.data());
  ref::softmax_bwd(dy.data(), y.data(), C, dx.data());
  const auto loss = [&](const auto& z) {
    std::vector<std::complex<double>> out(C);
    ref::softmax_fwd(z.data(), C, out.data());
    std::complex<double> sum = 0;
    for (int64_t c = 0; c < C; ++c) sum += dy[c] * out[c];
    return sum;
  };
  expect_close(dx, complex_step_gradient(x, loss), 1e-7);
}

TEST(Softmax, SurvivesNumbersFarBeyondTheRangeOfExp) {
  const std::vector<float> x{1e4f, 1e4f, -1e4f};
  std::vector<float> y(3);
  softmax_fwd({x.data(), 1, 3}, {y.data(), 1, 3});
  EXPECT_EQ(y, (std::vector<float>{0.5f, 0.5f, 0.0f}));
}

}  // namespace
}  // namespace tern::kernels
