#include "tern/kernels/nesterov.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/nesterov_ref.h"

namespace tern::kernels {
namespace {

TEST(Nesterov, FollowsTheReferenceForManySteps) {
  const NesterovOptions options{.momentum = 0.9f, .gradient_scale = 0.5f};
  for (const int64_t n : {1, 17, 40000}) {
    std::vector<float> m(n);
    std::vector<bf16> narrow(n);
    std::vector<double> want(n);
    constexpr int kSteps = 5;
    for (int64_t step = 1; step <= kSteps; ++step) {
      auto g = random_normal(n, step);
      auto from_narrow = g;
      auto want_g = convert<double>(g);
      for (int64_t i = 0; i < n; ++i) ref::nesterov(want_g[i], want[i], options);
      nesterov(g, m, options, step);
      nesterov(from_narrow, narrow, options, step);
      expect_close(g, want_g, 4 * kSteps * rounding<float>());
      expect_close(from_narrow, want_g, 2 * kSteps * rounding<bf16>());
    }
    expect_close(m, want, 4 * kSteps * rounding<float>());
    expect_close(narrow, want, 2 * kSteps * rounding<bf16>());
  }
}

TEST(DecayAndMove, ShrinksWeightsMovesThemAndClearsTheGradient) {
  std::vector<float> w(20, 2.0f), g(20, 3.0f);
  decay_and_move(w, g, 0.25f, 0.5f);
  EXPECT_EQ(w, std::vector<float>(20, 0.0f));
  EXPECT_EQ(g, std::vector<float>(20, 0.0f));
}

}  // namespace
}  // namespace tern::kernels
