#include "tern/kernels/mse_loss.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/mse_loss_ref.h"

namespace tern::kernels {
namespace mse_loss_test {

constexpr int64_t kRows = 20;

template <class T>
void expect_forward_matches_reference(int64_t C) {
  const auto x = random_normal<T>(kRows * C, 1), target = random_normal<T>(kRows * C, 2);
  std::vector<float> loss(kRows);
  mse_loss_fwd<T>({x.data(), kRows, C}, {target.data(), kRows, C}, loss.data());

  const auto xd = convert<double>(x), td = convert<double>(target);
  std::vector<double> want(kRows);
  for (int64_t n = 0; n < kRows; ++n) want[n] = ref::mse_loss_fwd(&xd[n * C], &td[n * C], C);
  expect_close(loss, want, (static_cast<double>(C) / 16 + 16) * rounding<float>());
}

TEST(MseLoss, ForwardMatchesTheReferenceAtEveryTail) {
  for (const int64_t C : {1, 15, 16, 17, 576}) {
    expect_forward_matches_reference<float>(C);
    expect_forward_matches_reference<bf16>(C);
  }
}

TEST(MseLoss, ReferenceGradientIsTheTrueDerivative) {
  const int64_t C = 7;
  const auto x = random_normal<double>(C, 3), target = random_normal<double>(C, 4);
  std::vector<double> dx(C);
  ref::mse_loss_bwd<double>(1.5, x.data(), target.data(), C, dx.data());
  const std::vector<std::complex<double>> tz(target.begin(), target.end());
  const auto want = complex_step_gradient(
      x, [&](const auto& z) { return 1.5 * ref::mse_loss_fwd(z.data(), tz.data(), C); });
  expect_close(dx, want, 1e-7);
}

template <class T>
void expect_backward_adds_reference_gradients(int64_t C) {
  const int64_t n = kRows * C;
  const auto x = random_normal<T>(n, 5), target = random_normal<T>(n, 6);
  const auto dloss = random_normal(kRows, 7);
  std::vector<T> dx(n, T(1.0f));
  mse_loss_bwd<T>(dloss.data(), {x.data(), kRows, C}, {target.data(), kRows, C},
                  {dx.data(), kRows, C});

  const auto xd = convert<double>(x), td = convert<double>(target);
  std::vector<double> want(n, 1.0);
  for (int64_t r = 0; r < kRows; ++r) {
    ref::mse_loss_bwd<double>(dloss[r], &xd[r * C], &td[r * C], C, &want[r * C]);
  }
  // The gradient added to 1 may cancel it; it is below 2 |dloss| |x - target|, below 64.
  expect_close(dx, want, rounding<T>() + 4 * 64 * rounding<float>());
}

TEST(MseLoss, BackwardAddsTheReferenceGradients) {
  for (const int64_t C : {1, 17, 64}) {
    expect_backward_adds_reference_gradients<float>(C);
    expect_backward_adds_reference_gradients<bf16>(C);
  }
}

}  // namespace mse_loss_test
}  // namespace tern::kernels
