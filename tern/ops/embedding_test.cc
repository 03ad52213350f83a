#include "tern/ops/embedding.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(EmbeddingOp, GradientMatchesCentralDifferencesWithRepeatedIds) {
  const Tensor table = random_leaf({5, 3}, 1);
  const std::vector<int32_t> ids = {4, 0, 4, 2};
  expect_gradients_match_differences({table}, [&] { return embedding(ids, table); });
}

TEST(EmbeddingOp, ReadsTheRowOfEachIdInTheTypeAskedFor) {
  const std::vector<float> rows = {0, 0.5f, 1, 1.5f, 2, 2.5f};
  const Tensor y = embedding(std::vector<int32_t>{2, 0}, Tensor::from(rows, {3, 2}), DType::bf16);
  EXPECT_EQ(y.dtype(), DType::bf16);
  EXPECT_EQ(to_doubles(y), (std::vector<double>{2, 2.5, 0, 0.5}));
}

TEST(EmbeddingOp, RefusesIdsOutsideTheVocabulary) {
  const Tensor table = random_leaf({5, 3}, 2);
  EXPECT_THROW(embedding(std::vector<int32_t>{5}, table), Error);
  EXPECT_THROW(embedding(std::vector<int32_t>{-1}, table), Error);
}

}  // namespace
}  // namespace tern
