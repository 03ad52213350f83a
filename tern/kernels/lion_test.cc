#include "tern/kernels/lion.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/lion_ref.h"

namespace tern::kernels {
namespace {

constexpr LionOptions kOptions{.lr = 0.1f, .beta1 = 0.9f, .beta2 = 0.99f, .weight_decay = 0.2f};

TEST(Lion, FollowsTheReferenceForManySteps) {
  for (const int64_t n : {1, 17, 40000}) {
    auto w = random_normal(n, 1);
    std::vector<float> m(n);
    auto want_w = convert<double>(w);
    std::vector<double> want_m(n);
    constexpr int kSteps = 5;
    for (int64_t step = 1; step <= kSteps; ++step) {
      auto g = random_normal(n, 10 + step);
      for (int64_t i = 0; i < n; ++i) ref::lion(want_w[i], double{g[i]}, want_m[i], kOptions);
      lion(w, g, m, kOptions, step, 1.0f);
    }
    expect_close(w, want_w, 4 * kSteps * rounding<float>());
    expect_close(m, want_m, 4 * kSteps * rounding<float>());
  }
}

TEST(Lion, MovesByTheLearningRateWhateverTheGradientAndNotWithoutOne) {
  std::vector<float> w = {0, 0, 0}, g = {1e3f, -1e-6f, 0}, m(3);
  lion(w, g, m, kOptions, 1, 1.0f);
  EXPECT_EQ(w, (std::vector<float>{-0.1f, 0.1f, 0}));
  EXPECT_EQ(g, std::vector<float>(3)) << "gradients are zeroed by the step";
}

TEST(Lion, MomentumInBf16IsRightOnAverage) {
  constexpr int64_t n = 4096;
  std::vector<float> w(n);
  std::vector<bf16> m(n, bf16(1.0f));
  constexpr int64_t kSteps = 1000;
  for (int64_t step = 1; step <= kSteps; ++step) {
    std::vector<float> g(n);
    lion(w, g, m, {.beta2 = 0.999f}, step, 1.0f);
  }
  double mean = 0;
  for (const bf16 value : m) mean += static_cast<double>(static_cast<float>(value)) / n;
  // As for AdamW: 4096 random walks of 1000 steps of up to 2^-8 each.
  EXPECT_NEAR(mean, std::exp(-1.0), 3 * 0.002 * std::exp(-1.0));
}

}  // namespace
}  // namespace tern::kernels
