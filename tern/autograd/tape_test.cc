#include "tern/autograd/tape.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

/// y = factor x, the smallest op there is.
Tensor times(const Tensor& x, float factor) {
  const Tensor y = Tensor::scalar(factor * x.item());
  record("times", y, {x},
         [=] { gradient(x).values<float>()[0] += factor * y.gradient_slot().item(); });
  return y;
}

Tensor number(float value) {
  const Tensor x = Tensor::scalar(value);
  x.set_requires_grad(true);
  return x;
}

TEST(Tape, RunsPassesInReverseByTheChainRule) {
  const Tensor x = number(2);
  Tape tape;
  tape.backward(times(times(x, 3), 5));
  EXPECT_EQ(gradient(x).item(), 15);
}

TEST(Tape, AddsGradientsOfSeveralBackwardPasses) {
  const Tensor x = number(2);
  for (int i = 0; i < 3; ++i) {
    Tape tape;
    tape.backward(times(x, 3));
  }
  EXPECT_EQ(gradient(x).item(), 9);
}

TEST(Tape, NothingIsRecordedWithoutATapeOrWithoutAGradient) {
  const Tensor x = number(2);
  EXPECT_FALSE(times(x, 3).requires_grad());
  Tape tape;
  EXPECT_FALSE(times(Tensor::scalar(2), 3).requires_grad());
  EXPECT_THROW(tape.backward(Tensor::scalar(1)), Error);
}

TEST(Tape, AnAbsentInputWantsNoGradient) {
  const Tensor x = number(2), y = Tensor::scalar(2), z = Tensor::scalar(2);
  Tape tape;
  record("with another input", y, {Tensor(), x}, [] {});
  EXPECT_TRUE(y.requires_grad());
  record("alone", z, {Tensor()}, [] {});
  EXPECT_FALSE(z.requires_grad());
}

TEST(Tape, LeavesBranchesThatDoNotReachTheLossAlone) {
  const Tensor x = number(2);
  Tape tape;
  const Tensor unused = times(x, 100);
  tape.backward(times(x, 3));
  EXPECT_EQ(gradient(x).item(), 3);
}

TEST(Tape, AFreshGradientIsReportedOnce) {
  const Tensor x = number(2);
  EXPECT_TRUE(writable_gradient(x).fresh);
  EXPECT_FALSE(writable_gradient(x).fresh);
}

}  // namespace
}  // namespace tern
