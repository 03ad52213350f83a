#include "tern/kernels/relation_loss.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/relation_loss_ref.h"

namespace tern::kernels {
namespace {

constexpr RelationShape kShape = {2, 9, 2, 8};
constexpr int64_t kSize = 2 * 9 * 2 * 8;

template <class N>
void expect_reference() {
  const auto student = random_normal<N>(kSize, 1), teacher = random_normal<N>(kSize, 2);
  std::vector<float> loss(kShape.B * kShape.H), slopes(kSize, 1.0f);
  relation_loss_fwd_bwd(kShape, student.data(), teacher.data(), 0.5f, loss.data(), slopes.data());

  const auto s = convert<double>(student), t = convert<double>(teacher);
  const std::vector<std::complex<double>> tz(t.begin(), t.end());
  std::vector<double> want;
  for (int64_t b = 0; b < kShape.B; ++b) {
    for (int64_t h = 0; h < kShape.H; ++h) {
      want.push_back(ref::relation_loss(kShape, s.data(), t.data(), b, h));
    }
  }
  const auto derivative = complex_step_gradient(s, [&](const auto& z) {
    std::complex<double> sum(0);
    for (int64_t b = 0; b < kShape.B; ++b) {
      for (int64_t h = 0; h < kShape.H; ++h) {
        sum += 0.5 * ref::relation_loss(kShape, z.data(), tz.data(), b, h);
      }
    }
    return sum;
  });
  // Scores up to 20 carry their rounding into 9 positions.
  expect_close(loss, want, 20 * 9 * rounding<float>());
  std::vector<double> with_one;
  for (const double d : derivative) with_one.push_back(d + 1);
  expect_close(slopes, with_one, 4 * 20 * 9 * rounding<float>());
}

TEST(RelationLoss, LossAndAddedGradientAreThoseOfTheReference) {
  expect_reference<float>();
  expect_reference<bf16>();
}

TEST(RelationLoss, AStudentEqualToItsTeacherHasNoLossAndNoGradient) {
  const auto x = random_normal(kSize, 1);
  std::vector<float> loss(kShape.B * kShape.H), slopes(kSize);
  relation_loss_fwd_bwd(kShape, x.data(), x.data(), 1.0f, loss.data(), slopes.data());
  expect_close(loss, std::vector<double>(loss.size()), 1e-6);
  expect_close(slopes, std::vector<double>(slopes.size()), 1e-6);
}

TEST(RelationLoss, LooksAtRelationsAndNotAtDirections) {
  // Turning all rows of a head by the same rotation keeps every product between them.
  const auto x = random_normal(kSize, 1);
  std::vector<float> turned = x, loss(kShape.B * kShape.H);
  for (size_t i = 0; i < turned.size(); i += 2) {
    turned[i] = -x[i + 1];
    turned[i + 1] = x[i];
  }
  relation_loss_fwd_bwd<float>(kShape, turned.data(), x.data(), 1.0f, loss.data(), nullptr);
  expect_close(loss, std::vector<double>(loss.size()), 1e-4);
}

}  // namespace
}  // namespace tern::kernels
