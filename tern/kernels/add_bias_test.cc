#include "tern/kernels/add_bias.h"

#include "tern/kernels/add_bias_ref.h"
#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace {

template <class T>
void expect_matches_reference(int64_t N, int64_t C) {
  const auto x = random_normal<T>(N * C, 1);
  const auto bias = random_normal(C, 2);
  const auto xd = convert<double>(x), bd = convert<double>(bias);
  std::vector<double> y(xd.size()), dbias(bd.size(), 1.0);
  for (int64_t n = 0; n < N; ++n) {
    ref::add_bias_fwd(&xd[n * C], bd.data(), C, &y[n * C]);
    ref::add_bias_bwd(&xd[n * C], C, dbias.data());
  }
  std::vector<T> got(x.size());
  add_bias_fwd<T>({x.data(), N, C}, bias.data(), {got.data(), N, C});
  expect_close(got, y, rounding<T>());
  std::vector<float> dgot(C, 1.0f);
  add_bias_bwd<T>({x.data(), N, C}, dgot.data());
  expect_close(dgot, dbias, 16 * rounding<float>());
}

TEST(AddBias, MatchesTheReferenceAtEveryTail) {
  for (const int64_t C : {1, 15, 64, 65, 200}) {
    expect_matches_reference<float>(33, C);
    expect_matches_reference<bf16>(33, C);
  }
}

}  // namespace
}  // namespace tern::kernels
