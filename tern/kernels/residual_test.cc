#include "tern/kernels/residual.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/residual_ref.h"

namespace tern::kernels {
namespace {

template <class T>
void expect_forward_matches_reference(int64_t n) {
  const auto x = random_normal(n, 1);
  const auto branch = random_normal<T>(n, 2);
  std::vector<float> y(n);
  residual_fwd<T>(x, branch, y);
  std::vector<double> want(n);
  ref::residual_fwd(convert<double>(x).data(), convert<double>(branch).data(), n, want.data());
  expect_close(y, want, rounding<float>());
}

TEST(Residual, ForwardMatchesTheReference) {
  for (const int64_t n : {1, 17, 100'000}) {
    expect_forward_matches_reference<float>(n);
    expect_forward_matches_reference<bf16>(n);
  }
}

TEST(Residual, BackwardOverwritesOrAddsAsAsked) {
  const std::vector<float> dy = {1, 2, 3};
  std::vector<bf16> dbranch(3, bf16(10.0f));
  residual_bwd<bf16>(dy, dbranch, true);
  EXPECT_EQ(static_cast<float>(dbranch[2]), 3);
  residual_bwd<bf16>(dy, dbranch, false);
  EXPECT_EQ(static_cast<float>(dbranch[2]), 6);
}

}  // namespace
}  // namespace tern::kernels
