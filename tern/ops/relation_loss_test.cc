#include "tern/ops/relation_loss.h"

#include "tern/base/error.h"
#include "tern/ops/cast.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(RelationLoss, GradientsMatchCentralDifferences) {
  const Tensor student = random_leaf({2, 5, 2, 4}, 1);
  const Tensor teacher = random_leaf({2, 5, 2, 4}, 2).clone();
  expect_gradients_match_differences({student}, [&] { return relation_loss(student, teacher); });
  expect_gradients_match_differences({student}, [&] { return relation_loss(student, teacher, 1); });
}

TEST(RelationLoss, IsAMeanOverSequencesHeadsAndPositions) {
  const Tensor student = random_leaf({1, 5, 2, 4}, 1),
               teacher = random_leaf({1, 5, 2, 4}, 2).clone();
  const double one = relation_loss(student, teacher).item();
  const auto twice = [](const Tensor& x) {
    const Tensor out = Tensor::empty({2, 5, 2, 4}, DType::f32);
    for (int64_t i = 0; i < out.size(); ++i) out.data<float>()[i] = x.data<float>()[i % x.size()];
    return out;
  };
  EXPECT_NEAR(relation_loss(twice(student), twice(teacher)).item(), one, 1e-6);
}

TEST(RelationLoss, InBf16ItsGradientIsThatOfTheRoundedNumbers) {
  const Tensor student = cast(random_leaf({1, 5, 2, 4}, 1), DType::bf16).clone();
  const Tensor teacher = cast(random_leaf({1, 5, 2, 4}, 2), DType::bf16).clone();
  const Tensor wide = cast(student, DType::f32).clone();
  student.set_requires_grad(true);
  wide.set_requires_grad(true);
  {
    Tape tape;
    tape.backward(relation_loss(student, teacher));
    Tape other;
    other.backward(relation_loss(wide, cast(teacher, DType::f32)));
  }
  const auto got = to_doubles(gradient(student)), want = to_doubles(gradient(wide));
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], want[i], 0x1p-8 * std::abs(want[i]) + 1e-7);
}

TEST(RelationLoss, RefusesATeacherOfAnotherShapeAndHeadsThatDoNotSplit) {
  const Tensor x = random_leaf({1, 5, 2, 4}, 1);
  EXPECT_THROW(relation_loss(x, Tensor::zeros({1, 5, 4, 4})), Error);
  EXPECT_THROW(relation_loss(x, Tensor::zeros({1, 5, 2, 4}), 3), Error);
  EXPECT_THROW(relation_loss(x, random_leaf({1, 5, 2, 4}, 2)), Error);
}

}  // namespace
}  // namespace tern
