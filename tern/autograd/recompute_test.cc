#include "tern/autograd/recompute.h"

#include <gtest/gtest.h>

#include "tern/autograd/tape.h"

namespace tern {
namespace {

int live_records = 0;

/// y = w x + x, an op that says how many of its records are alive.
Tensor affine(const Tensor& x, const Tensor& w) {
  const Tensor y = Tensor::scalar(w.item() * x.item() + x.item());
  if (Tape::current() == nullptr) return y;
  const std::shared_ptr<int> alive(new int(++live_records), [](int* n) {
    --live_records;
    delete n;
  });
  record("affine", y, {x, w}, [=] {
    (void)alive;
    const float dy = y.gradient_slot().item();
    gradient(x).values<float>()[0] += (w.item() + 1) * dy;
    gradient(w).values<float>()[0] += x.item() * dy;
  });
  return y;
}

Tensor leaf(float value) {
  const Tensor x = Tensor::scalar(value);
  x.set_requires_grad(true);
  return x;
}

struct Gradients {
  float y, dx, dw;
  int most_records;
  bool operator==(const Gradients& other) const {
    return y == other.y && dx == other.dx && dw == other.dw;
  }
};

/// Three blocks of two ops each, one behind the other.
Gradients through_blocks(bool again) {
  const Tensor x = leaf(2), w = leaf(0.5f);
  Tape tape;
  const auto block = [w](const Tensor& in) { return affine(affine(in, w), w); };
  Tensor y = affine(x, w);
  for (int i = 0; i < 3; ++i) y = again ? recompute(y, block) : block(y);
  const int kept = live_records;
  tape.backward(y);
  return {y.item(), gradient(x).item(), gradient(w).item(), kept};
}

TEST(Recompute, GivesTheNumbersAndGradientsOfAnOrdinaryPass) {
  EXPECT_EQ(through_blocks(true), through_blocks(false));
}

TEST(Recompute, KeepsNothingOfTheInsideForTheBackwardPass) {
  EXPECT_EQ(through_blocks(false).most_records, 7);
  EXPECT_EQ(through_blocks(true).most_records, 1);
  EXPECT_EQ(live_records, 0);
}

TEST(Recompute, IsThePlainCallWithoutATape) {
  const Tensor w = leaf(0.5f);
  const Tensor y = recompute(leaf(2), [w](const Tensor& x) { return affine(x, w); });
  EXPECT_EQ(y.item(), 3);
  EXPECT_FALSE(y.requires_grad());
}

}  // namespace
}  // namespace tern
