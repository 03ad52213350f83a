#include "tern/kernels/cosine_loss.h"

#include "tern/kernels/cosine_loss_ref.h"
#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace cosine_loss_test {

constexpr int64_t kRows = 20;

/// Three sums of C products in sixteen lanes, each relative to the product of the rows' lengths.
double sum_error(int64_t C) { return 3 * (static_cast<double>(C) / 16 + 16) * rounding<float>(); }

template <class T>
void expect_forward_matches_reference(int64_t C) {
  const auto x = random_normal<T>(kRows * C, 1), target = random_normal<T>(kRows * C, 2);
  std::vector<float> loss(kRows);
  cosine_loss_fwd<T>({x.data(), kRows, C}, {target.data(), kRows, C}, loss.data());

  const auto xd = convert<double>(x), td = convert<double>(target);
  std::vector<double> want(kRows);
  for (int64_t n = 0; n < kRows; ++n) want[n] = ref::cosine_loss_fwd(&xd[n * C], &td[n * C], C);
  expect_close(loss, want, sum_error(C));
}

TEST(CosineLoss, ForwardMatchesTheReferenceAtEveryTail) {
  for (const int64_t C : {1, 15, 16, 17, 576}) {
    expect_forward_matches_reference<float>(C);
    expect_forward_matches_reference<bf16>(C);
  }
}

TEST(CosineLoss, IsZeroForParallelOneForOrthogonalAndTwoForOppositeRows) {
  const std::vector<float> x = {3, 4, 3, 4, 3, 4}, target = {6, 8, -4, 3, -3, -4};
  std::vector<float> loss(3);
  cosine_loss_fwd<float>({x.data(), 3, 2}, {target.data(), 3, 2}, loss.data());
  expect_close(loss, std::vector<double>{0, 1, 2}, 4 * rounding<float>());
}

TEST(CosineLoss, AZeroRowCostsOneAndHasNoGradient) {
  const std::vector<float> x = {0, 0, 1, 2}, target = {1, 2, 0, 0}, dloss = {1, 1};
  std::vector<float> loss(2), dx = {5, 6, 7, 8};
  cosine_loss_fwd<float>({x.data(), 2, 2}, {target.data(), 2, 2}, loss.data());
  cosine_loss_bwd<float>(dloss.data(), {x.data(), 2, 2}, {target.data(), 2, 2}, {dx.data(), 2, 2});
  EXPECT_EQ(loss, (std::vector<float>{1, 1}));
  EXPECT_EQ(dx, (std::vector<float>{5, 6, 7, 8}));
}

TEST(CosineLoss, ReferenceGradientIsTheTrueDerivative) {
  const int64_t C = 7;
  const auto x = random_normal<double>(C, 3), target = random_normal<double>(C, 4);
  std::vector<double> dx(C);
  ref::cosine_loss_bwd<double>(1.5, x.data(), target.data(), C, dx.data());
  const std::vector<std::complex<double>> tz(target.begin(), target.end());
  const auto want = complex_step_gradient(
      x, [&](const auto& z) { return 1.5 * ref::cosine_loss_fwd(z.data(), tz.data(), C); });
  expect_close(dx, want, 1e-7);
}

template <class T>
void expect_backward_adds_reference_gradients(int64_t C) {
  const int64_t n = kRows * C;
  // Rows of norm near one, so that gradients are too.
  const double scale = 1 / std::sqrt(static_cast<double>(C));
  const auto x = random_normal<T>(n, 5, scale), target = random_normal<T>(n, 6, scale);
  const auto dloss = random_normal(kRows, 7);
  std::vector<T> dx(n, T(1.0f));
  cosine_loss_bwd<T>(dloss.data(), {x.data(), kRows, C}, {target.data(), kRows, C},
                     {dx.data(), kRows, C});

  const auto xd = convert<double>(x), td = convert<double>(target);
  std::vector<double> want(n, 1.0);
  for (int64_t r = 0; r < kRows; ++r) {
    ref::cosine_loss_bwd<double>(dloss[r], &xd[r * C], &td[r * C], C, &want[r * C]);
  }
  // |dloss| is below 4 and each of the two terms of a gradient below 4 |dloss|.
  expect_close(dx, want, rounding<T>() + 2 * 16 * sum_error(C));
}

TEST(CosineLoss, BackwardAddsTheReferenceGradients) {
  for (const int64_t C : {5, 17, 64}) {
    expect_backward_adds_reference_gradients<float>(C);
    expect_backward_adds_reference_gradients<bf16>(C);
  }
}

}  // namespace cosine_loss_test
}  // namespace tern::kernels
