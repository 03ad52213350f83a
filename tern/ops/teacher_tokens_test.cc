#include "tern/ops/teacher_tokens.h"

#include <gmock/gmock.h>

#include "tern/base/error.h"
#include "tern/kernels/top_tokens.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int64_t kRows = 5, kVocabulary = 40;

class TeacherTokensTest : public ::testing::Test {
 protected:
  const Tensor x_ = random_leaf({kRows, 8}, 1);
  const Tensor w_ = random_leaf({kVocabulary, 8}, 2);
  const std::vector<int32_t> targets_ = {0, 39, -1, 3, 3};

  TopTokens top(int64_t k, std::vector<float> temperatures) const {
    return head_top_tokens(x_, w_, targets_, k, temperatures);
  }
};

TEST_F(TeacherTokensTest, ProbabilitiesOfTheKeptAndTheRestSumToOneAtEveryTemperature) {
  const TopTokens tokens = top(6, {1, 2, 8});
  for (const float temperature : tokens.temperatures) {
    const TeacherTokens teacher = at_temperature(tokens, temperature);
    for (int64_t n = 0; n < kRows; ++n) {
      double sum = std::exp(teacher.log_rest[n]);
      for (int64_t i = 0; i < 6; ++i) sum += std::exp(teacher.log_probabilities[n * 6 + i]);
      EXPECT_NEAR(sum, 1, 1e-5);
    }
  }
}

TEST_F(TeacherTokensTest, AHigherTemperatureGivesTheRestMore) {
  const TopTokens tokens = top(6, {1, 2, 8});
  for (int64_t n = 0; n < kRows; ++n) {
    EXPECT_LT(at_temperature(tokens, 1).log_rest[n], at_temperature(tokens, 2).log_rest[n]);
    // As hot as this, all tokens are nearly equal.
    EXPECT_NEAR(std::exp(at_temperature(tokens, 8).log_rest[n]), 34.0 / 40, 0.15);
  }
}

TEST_F(TeacherTokensTest, WhatIsKeptForOneTemperatureDoesNotDependOnTheOthers) {
  const TeacherTokens alone = at_temperature(top(6, {2}), 2);
  const TeacherTokens among = at_temperature(top(6, {1, 2, 8}), 2);
  EXPECT_EQ(alone.log_probabilities, among.log_probabilities);
  EXPECT_EQ(alone.log_rest, among.log_rest);
}

TEST_F(TeacherTokensTest, ATemperatureThatIsNotKeptIsAnErrorThatListsThoseThatAre) {
  const TopTokens tokens = top(6, {1, 2, 8});
  EXPECT_THAT([&] { at_temperature(tokens, 3); },
              ThrowsMessage<Error>(HasSubstr("for the temperatures 1, 2, 8, found 3")));
}

TEST_F(TeacherTokensTest, ASmallVocabularyIsKeptWhole) {
  const TopTokens tokens = top(64, {1});
  EXPECT_EQ(tokens.k, kVocabulary);
  EXPECT_EQ(tokens.log_rest[0], kernels::kLowestLog);
}

TEST_F(TeacherTokensTest, OneBehindTheOtherAreOneBatch) {
  TeacherTokens twice = at_temperature(top(6, {1}), 1);
  const TeacherTokens once = twice;
  twice.append(once);
  EXPECT_EQ(twice.rows(), 2 * kRows);
  EXPECT_EQ(twice.ids[static_cast<size_t>(kRows * 6)], once.ids[0]);
  EXPECT_THROW(twice.append(at_temperature(top(5, {1}), 1)), Error);
}

}  // namespace
}  // namespace tern
