#include "tern/ops/kl_loss.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

Tensor teacher_logits(const Shape& shape) { return random_leaf(shape, 2).clone(); }

TEST(KlLossOp, GradientMatchesCentralDifferences) {
  const Tensor student = random_leaf({2, 2, 5}, 1), teacher = teacher_logits({2, 2, 5});
  expect_gradients_match_differences({student}, [&] { return kl_loss(student, teacher, 2.0f); });
}

TEST(KlLossOp, IsTheMeanOverRows) {
  const float log2 = std::log(2.0f);
  const std::vector<float> student = {0, 0, 0, 0}, teacher = {0, 0, 0, -100};
  const Tensor loss = kl_loss(Tensor::from(student, {2, 2}), Tensor::from(teacher, {2, 2}));
  EXPECT_NEAR(loss.item(), log2 / 2, 1e-6);
}

TEST(KlLossOp, RefusesATeacherThatLearns) {
  const Tensor student = random_leaf({2, 5}, 1);
  EXPECT_THROW(kl_loss(student, random_leaf({2, 5}, 2)), Error);
}

TEST(KlLossOp, RefusesOtherShapesAndTemperaturesThatAreNotPositive) {
  const Tensor student = random_leaf({2, 5}, 1);
  EXPECT_THROW(kl_loss(student, teacher_logits({2, 6})), Error);
  EXPECT_THROW(kl_loss(student, teacher_logits({2, 5}), 0.0f), Error);
}

}  // namespace
}  // namespace tern
