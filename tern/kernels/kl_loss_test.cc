#include "tern/kernels/kl_loss.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/kl_loss_ref.h"

namespace tern::kernels {
namespace kl_loss_test {

constexpr int64_t kRows = 6;
constexpr double kTemperature = 2;
/// Logits of this spread stay within 30 of each other.
constexpr double kSpread = 3;

/// Relative error of a sum of V exponentials in sixteen lanes.
double sum_error(int64_t V) { return (static_cast<double>(V) / 16 + 16) * rounding<float>(); }

/// Loss of rows of student and teacher by the kernel, with the two log-sum-exps.
template <class T>
struct Forward {
  std::vector<float> loss, student_lse, teacher_lse;

  Forward(const std::vector<T>& student, const std::vector<T>& teacher, int64_t N)
      : loss(N), student_lse(N), teacher_lse(N) {
    const int64_t V = static_cast<int64_t>(student.size()) / N;
    kl_loss_fwd<T>({student.data(), N, V}, {teacher.data(), N, V}, kTemperature, loss.data(),
                   student_lse.data(), teacher_lse.data());
  }
};

template <class T>
void expect_forward_matches_reference(int64_t V) {
  const auto student = random_normal<T>(kRows * V, 1, kSpread);
  const auto teacher = random_normal<T>(kRows * V, 2, kSpread);
  const Forward<T> got(student, teacher, kRows);

  const auto sd = convert<double>(student), td = convert<double>(teacher);
  std::vector<double> want(kRows);
  for (int64_t n = 0; n < kRows; ++n) {
    want[n] = ref::kl_loss_fwd(&sd[n * V], &td[n * V], kTemperature, V);
  }
  // The mean of numbers up to 30 / t, times t^2.
  expect_close(got.loss, want, 30 * kTemperature * 2 * sum_error(V));
}

TEST(KlLoss, ForwardMatchesTheReferenceAtEveryTail) {
  for (const int64_t V : {1, 15, 16, 17, 1000}) {
    expect_forward_matches_reference<float>(V);
    expect_forward_matches_reference<bf16>(V);
  }
}

TEST(KlLoss, AConstantAddedToLogitsChangesNothing) {
  const std::vector<float> student = {1, 2, 3}, teacher = {5001, 5002, 5003};
  EXPECT_NEAR(Forward<float>(student, teacher, 1).loss[0], 0, 1e-6);
}

TEST(KlLoss, PunishesTheStudentForMissingWhatTheTeacherGives) {
  const std::vector<float> broad = {0, 0}, narrow = {0, -60};
  // t^2 log 2 one way; the other way nearly t^2 (60 / t) / 2.
  EXPECT_NEAR(Forward<float>(broad, narrow, 1).loss[0], 4 * std::log(2.0), 1e-5);
  EXPECT_NEAR(Forward<float>(narrow, broad, 1).loss[0], 4 * (15 - std::log(2.0)), 1e-5);
}

TEST(KlLoss, ReferenceGradientIsTheTrueDerivative) {
  const int64_t V = 7;
  const auto student = random_normal<double>(V, 3), teacher = random_normal<double>(V, 4);
  std::vector<double> dstudent(V);
  ref::kl_loss_bwd<double>(1.5, student.data(), teacher.data(), kTemperature, V, dstudent.data());
  const std::vector<std::complex<double>> tz(teacher.begin(), teacher.end());
  const auto want = complex_step_gradient(student, [&](const auto& z) {
    return 1.5 * ref::kl_loss_fwd(z.data(), tz.data(), kTemperature, V);
  });
  expect_close(dstudent, want, 1e-7);
}

template <class T>
void expect_backward_adds_reference_gradients(int64_t V) {
  const int64_t n = kRows * V;
  const auto student = random_normal<T>(n, 5, kSpread), teacher = random_normal<T>(n, 6, kSpread);
  const auto dloss = random_normal(kRows, 7);
  const Forward<T> forward(student, teacher, kRows);
  std::vector<T> dstudent(n, T(1.0f));
  kl_loss_bwd<T>(dloss.data(), {student.data(), kRows, V}, {teacher.data(), kRows, V}, kTemperature,
                 forward.student_lse.data(), forward.teacher_lse.data(),
                 {dstudent.data(), kRows, V});

  const auto sd = convert<double>(student), td = convert<double>(teacher);
  std::vector<double> want(n, 1.0);
  for (int64_t r = 0; r < kRows; ++r) {
    ref::kl_loss_bwd<double>(dloss[r], &sd[r * V], &td[r * V], kTemperature, V, &want[r * V]);
  }
  // Exponents up to 30 carry their absolute rounding into the probabilities; |dloss| t is below 8.
  expect_close(dstudent, want, rounding<T>() + 8 * (sum_error(V) + 2 * 30 * rounding<float>()));
}

TEST(KlLoss, BackwardAddsTheReferenceGradients) {
  for (const int64_t V : {1, 17, 1000}) {
    expect_backward_adds_reference_gradients<float>(V);
    expect_backward_adds_reference_gradients<bf16>(V);
  }
}

}  // namespace kl_loss_test
}  // namespace tern::kernels
