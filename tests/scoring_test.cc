// The real answer of `tern eval` through the real scorer, on a tiny packed model.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/eval/score.h"
#include "tern/model/packed_model.h"
#include "tern/runner/scorer.h"
#include "tern/tensor/compute_type.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Scoring : public RunTest {
 protected:
  ScoreOfRecord score(const fs::path& model) const {
    return scorer().score(model, set(), log(), {});
  }
  Scorer scorer() const {
    return Scorer({.evaluator = TERN_PROGRAM,
                   .base = lab_.model(),
                   .sandbox = available_sandbox(),
                   .max_bits = 4});
  }
  fs::path set() const { return lab_.lab().eval_set(); }
  fs::path log() const { return lab_.root() / "score.log"; }
};

TEST_F(Scoring, OfAPackedModelIsItsPerplexityWithTheWholeProtocol) {
  train("run");
  const ScoreOfRecord scored = score(model("run"));
  ASSERT_TRUE(scored.answer) << scored.refusal;
  const EvalAnswer& answer = *scored.answer;
  const EvalSet text = EvalSet::read(set());
  Llama packed = load_packed(model("run"), compute_type("auto"));
  const Score own = score_windows(packed, text);
  EXPECT_NEAR(answer.eval_ppl, own.ppl, 1e-5 * own.ppl);
  EXPECT_NEAR(answer.eval_bpb, own.bpb, 1e-5 * own.bpb);
  EXPECT_EQ(answer.tokens, own.tokens);
  EXPECT_EQ(answer.kind, EvalAnswer::kTernary);
  EXPECT_EQ(answer.dataset, "stories");
  EXPECT_EQ(answer.dataset_sha256, text.dataset_sha256);
  EXPECT_EQ(answer.tokenizer_sha256, text.tokenizer_sha256);
  EXPECT_EQ(answer.window, tiny_config().max_position_embeddings);
  EXPECT_NEAR(*answer.q_neg1 + *answer.q_zero + *answer.q_pos1, 1, 1e-9);
}

TEST_F(Scoring, OfAFullPrecisionModelIsOneForReferenceOnly) {
  const ScoreOfRecord reference = scorer().reference(set(), log(), {});
  ASSERT_TRUE(reference.answer) << reference.refusal;
  EXPECT_EQ(reference.answer->kind, EvalAnswer::kFullPrecision);
  EXPECT_FALSE(reference.answer->q_zero);
  EXPECT_THAT(score(lab_.model()).refusal, HasSubstr("not ternary"));
}

TEST_F(Scoring, OfATornModelIsRefusedInTheEvaluatorsWords) {
  train("run");
  fs::resize_file(model("run") / "model.safetensors", 100);
  EXPECT_THAT(score(model("run")).refusal, HasSubstr("model.safetensors"));
}

}  // namespace
}  // namespace tern
