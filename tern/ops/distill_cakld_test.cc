#include <gtest/gtest.h>

#include <cmath>

#include "tern/ops/distillations.h"

namespace tern {
namespace {

/// A teacher that gives the text's tokens 0.9, 0.2 and, where none counts, what is not to be read.
class DistillCakld : public ::testing::Test {
 protected:
  std::vector<DivergenceWeights> weights(const char* kind) const {
    TeacherTokens teacher;
    teacher.log_gold = {std::log(0.9f), std::log(0.2f), 0};
    std::vector<DivergenceWeights> out(3);
    distillations().at(kind)(teacher, std::vector<int32_t>{4, 5, -1}, out);
    return out;
  }
};

TEST_F(DistillCakld, TheTeachersMeanProbabilityOfTheTextIsTheShareOfTheReverseDivergence) {
  for (const DivergenceWeights& weight : weights("cakld")) {
    EXPECT_NEAR(weight.reverse, 0.55, 1e-6);
    EXPECT_NEAR(weight.forward, 0.45, 1e-6);
  }
}

TEST_F(DistillCakld, ByTokenEachHasItsOwnShare) {
  const auto w = weights("cakld-token");
  EXPECT_NEAR(w[0].reverse, 0.9, 1e-6);
  EXPECT_NEAR(w[0].forward, 0.1, 1e-6);
  EXPECT_NEAR(w[1].reverse, 0.2, 1e-6);
  EXPECT_NEAR(w[1].forward, 0.8, 1e-6);
}

}  // namespace
}  // namespace tern
