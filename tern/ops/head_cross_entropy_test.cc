#include "tern/ops/head_cross_entropy.h"

#include <cmath>

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

/// A straightforward double-precision loss.
double plain_loss(const Tensor& x, const Tensor& w, const std::vector<int32_t>& targets) {
  double sum = 0;
  int64_t counted = 0;
  for (int64_t n = 0; n < x.rows(); ++n) {
    if (targets[n] < 0) continue;
    std::vector<double> logits;
    double total = 0;
    for (int64_t v = 0; v < w.rows(); ++v) {
      double dot = 0;
      for (int64_t c = 0; c < x.cols(); ++c) {
        dot += double{x.data<float>()[n * x.cols() + c]} * w.data<float>()[v * x.cols() + c];
      }
      logits.push_back(dot);
      total += std::exp(dot);
    }
    sum += std::log(total) - logits[targets[n]];
    ++counted;
  }
  return sum / counted;
}

TEST(HeadCrossEntropy, LossIsTheMeanOverTargetsThatCount) {
  const Tensor x = random_leaf({6, 8}, 1), w = random_leaf({11, 8}, 2);
  const std::vector<int32_t> targets = {0, 10, -1, 3, 3, -1};
  EXPECT_NEAR(head_cross_entropy(x, w, targets).item(), plain_loss(x, w, targets), 1e-5);
}

TEST(HeadCrossEntropy, GradientsMatchCentralDifferences) {
  const Tensor x = random_leaf({5, 4}, 1), w = random_leaf({7, 4}, 2);
  const std::vector<int32_t> targets = {0, 6, -1, 3, 3};
  const float weight = 0.5f;
  {
    Tape tape;
    tape.backward(head_cross_entropy(x, w, targets, weight));
  }
  for (const Tensor& leaf : {x, w}) {
    for (int64_t i = 0; i < leaf.size(); ++i) {
      float& value = leaf.values<float>()[i];
      const float saved = value;
      value = saved + 1e-3f;
      const double above = plain_loss(x, w, targets);
      value = saved - 1e-3f;
      const double below = plain_loss(x, w, targets);
      value = saved;
      EXPECT_NEAR(gradient(leaf).values<float>()[i], weight * (above - below) / 2e-3, 1e-4);
    }
  }
}

TEST(HeadCrossEntropy, ALossScaledAfterwardsIsAnError) {
  const Tensor x = random_leaf({2, 4}, 1), w = random_leaf({7, 4}, 2);
  const std::vector<int32_t> targets = {0, 6};
  Tape tape;
  const Tensor loss = head_cross_entropy(x, w, targets);
  const Tensor doubled = Tensor::scalar(2 * loss.item());
  record("double", doubled, {loss}, [=] { *gradient(loss).data<float>() += 2; });
  EXPECT_THROW(tape.backward(doubled), Error);
}

TEST(HeadCrossEntropy, RefusesATargetOutsideTheVocabulary) {
  const Tensor x = random_leaf({1, 4}, 1), w = random_leaf({7, 4}, 2);
  EXPECT_THROW(head_cross_entropy(x, w, std::vector<int32_t>{7}), Error);
}

}  // namespace
}  // namespace tern
