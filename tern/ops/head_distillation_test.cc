#include "tern/ops/head_distillation.h"

#include <gmock/gmock.h>

#include "tern/base/error.h"
#include "tern/ops/cast.h"
#include "tern/ops/cosine_loss.h"
#include "tern/ops/head_cross_entropy.h"
#include "tern/ops/kl_loss.h"
#include "tern/ops/linear.h"
#include "tern/ops/op_test_util.h"
#include "tern/ops/operators.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int64_t kRows = 5, kWidth = 4, kVocabulary = 23;
const std::vector<int32_t> kTargets = {0, 22, -1, 3, 3};
const std::vector<std::string> kKinds = {"forward-kl", "reverse-kl", "cakld", "cakld-token",
                                         "tsld"};

class HeadDistillation : public ::testing::Test {
 protected:
  const Tensor x_ = random_leaf({kRows, kWidth}, 1);
  const Tensor w_ = random_leaf({kVocabulary, kWidth}, 2);
  const Tensor teacher_x_ = random_leaf({kRows, kWidth}, 3);

  TeacherTokens teacher(int64_t k, float temperature) const {
    return at_temperature(
        head_top_tokens(teacher_x_, w_, kTargets, k, std::vector<float>{temperature}), temperature);
  }
  double loss(const TeacherTokens& teacher, const std::string& kind, float mix,
              float weight = 1) const {
    return head_distillation(x_, w_, kTargets, teacher, kind, mix, weight).item();
  }
};

TEST_F(HeadDistillation, GradientsOfEveryKindMatchCentralDifferences) {
  for (const std::string& kind : kKinds) {
    for (const float temperature : {1.0f, 3.0f}) {
      SCOPED_TRACE(kind);
      const TeacherTokens from = teacher(6, temperature);
      x_.clear_gradient();
      w_.clear_gradient();
      {
        Tape tape;
        tape.backward(head_distillation(x_, w_, kTargets, from, kind, 0.7f, 0.5f));
      }
      for (const Tensor& leaf : {x_, w_}) {
        for (int64_t i = 0; i < leaf.size(); ++i) {
          float& value = leaf.values<float>()[i];
          const float saved = value;
          value = saved + 1e-2f;
          const double above = loss(from, kind, 0.7f, 0.5f);
          value = saved - 1e-2f;
          const double below = loss(from, kind, 0.7f, 0.5f);
          value = saved;
          // The quotient of losses near 5, each within a few roundings, and the step squared.
          EXPECT_NEAR(gradient(leaf).values<float>()[i], (above - below) / 2e-2, 2e-3);
        }
      }
    }
  }
}

TEST_F(HeadDistillation, WithTheWholeVocabularyTheForwardKindIsTheFullDivergence) {
  // Rows that count, as kl_loss has no targets to leave out; f16 rounds the teacher by 2^-11.
  const std::vector<int32_t> all(kRows, 1);
  for (const float temperature : {1.0f, 2.0f}) {
    const TeacherTokens full = at_temperature(
        head_top_tokens(teacher_x_, w_, all, kVocabulary, std::vector<float>{temperature}),
        temperature);
    const Tensor logits = linear(teacher_x_, w_).clone();
    const double want = kl_loss(linear(x_, w_), logits, temperature).item();
    EXPECT_NEAR(head_distillation(x_, w_, all, full, "forward-kl", 1).item(), want,
                4e-3 * (1 + want));
  }
}

TEST_F(HeadDistillation, FewerTokensTellLess) {
  // Putting outcomes together never makes a divergence larger.
  for (const char* kind : {"forward-kl", "reverse-kl"}) {
    EXPECT_LT(loss(teacher(2, 1), kind, 1), loss(teacher(8, 1), kind, 1) + 1e-3);
    EXPECT_LT(loss(teacher(8, 1), kind, 1), loss(teacher(kVocabulary, 1), kind, 1) + 1e-3);
  }
}

TEST_F(HeadDistillation, AMixOfZeroIsCrossEntropyWithItsGradient) {
  const double plain = head_cross_entropy(x_, w_, kTargets).item();
  EXPECT_NEAR(loss(teacher(6, 2), "forward-kl", 0), plain, 1e-5);
  const auto gradient_of = [&](auto make) {
    x_.clear_gradient();
    Tape tape;
    tape.backward(make());
    return to_doubles(gradient(x_));
  };
  const auto want = gradient_of([&] { return head_cross_entropy(x_, w_, kTargets); });
  const auto got = gradient_of(
      [&] { return head_distillation(x_, w_, kTargets, teacher(6, 2), "forward-kl", 0); });
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-6);
}

TEST_F(HeadDistillation, OfAStudentThatIsItsTeacherIsNothing) {
  for (const std::string& kind : kKinds) {
    const TeacherTokens self =
        at_temperature(head_top_tokens(x_, w_, kTargets, 6, std::vector<float>{2}), 2);
    EXPECT_NEAR(loss(self, kind, 1), 0, 1e-5) << kind;
  }
}

TEST_F(HeadDistillation, InBf16TheLossIsThatOfTheRoundedNumbers) {
  const Tensor x = cast(x_, DType::bf16), w = cast(w_, DType::bf16);
  const Tensor x32 = cast(x, DType::f32).clone(), w32 = cast(w, DType::f32).clone();
  const TeacherTokens from = teacher(6, 2);
  EXPECT_NEAR(head_distillation(x, w, kTargets, from, "cakld", 0.5f).item(),
              head_distillation(x32, w32, kTargets, from, "cakld", 0.5f).item(), 1e-5);
}

TEST_F(HeadDistillation, AFeatureLossOnWhatItsInputIsMadeFromIsAdded) {
  // x = 2 base: the base feeds the head by way of x, and a loss of its own.
  const Tensor base = random_leaf({kRows, kWidth}, 4);
  const Tensor features = random_leaf({kRows, kWidth}, 5).clone();
  const TeacherTokens from = teacher(6, 1);
  const auto gradient_of = [&](float logits, float feature) {
    base.clear_gradient();
    Tape tape;
    Tensor loss = scale(cosine_loss(base, features), feature);
    if (logits > 0) {
      loss = head_distillation(scale(base, 2), w_, kTargets, from, "forward-kl", 1, logits) + loss;
    }
    tape.backward(loss);
    return to_doubles(gradient(base));
  };
  const auto both = gradient_of(1, 0.25f), logits = gradient_of(1, 0),
             feature = gradient_of(0, 0.25f);
  for (size_t i = 0; i < both.size(); ++i) EXPECT_NEAR(both[i], logits[i] + feature[i], 1e-6);
}

TEST_F(HeadDistillation, ScaledAfterwardsOrWithAnInputThatFeedsAnotherOpItIsAnError) {
  const TeacherTokens from = teacher(6, 1);
  {
    Tape tape;
    const Tensor loss = head_distillation(x_, w_, kTargets, from, "forward-kl", 1);
    EXPECT_THROW(tape.backward(scale(loss, 2)), Error);
  }
  Tape tape;
  const Tensor x = scale(x_, 1);
  const Tensor loss = head_distillation(x, w_, kTargets, from, "forward-kl", 1);
  EXPECT_THAT([&] { tape.backward(loss + cosine_loss(x, teacher_x_)); },
              ThrowsMessage<Error>(HasSubstr("may feed no other op")));
}

TEST_F(HeadDistillation, ATeacherThatDoesNotFitIsRefused) {
  TeacherTokens other = teacher(6, 1);
  other.ids[0] = kVocabulary;
  EXPECT_THAT([&] { loss(other, "forward-kl", 1); },
              ThrowsMessage<Error>(HasSubstr("share a tokenizer")));
  TeacherTokens longer = teacher(6, 1);
  longer.append(teacher(6, 1));
  EXPECT_THROW(loss(longer, "forward-kl", 1), Error);
  EXPECT_THROW(loss(teacher(6, 1), "none", 1), Error);
  EXPECT_THROW(loss(teacher(6, 1), "kl", 1), Error);
}

}  // namespace
}  // namespace tern
