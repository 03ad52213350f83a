// The real recipe, as a process, teaches a tiny model the stories of the tiny lab through one arm
// after another.

#include <gtest/gtest.h>

#include "tern/model/structure.h"
#include "tern/train/schedules.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

/// Measured: a perplexity of 341 without training, 45.5 with matrices that stand still, 26.2
/// to 31.0 with those that learn; 196 to 224 with tables that stand still, 29 to 39 with those that
/// learn.
class LearningRecipe : public RunTest {
 protected:
  /// An untrained model of three blocks, so that there is an inner one.
  LearningRecipe() {
    LlamaConfig config = tiny_config();
    config.vocab_size = 300;
    config.num_hidden_layers = 3;
    Llama untrained(config, {});
    untrained.initialize(/*seed=*/1, /*deviation=*/0.1);
    save_llama(untrained, lab_.model());
  }

  /// The perplexity of unseen stories at the end of a run.
  double ppl_after(const std::string& run, const FlagList& flags) const {
    train(run, FlagList{"--steps", "150", "--batch-size", "8", "--lr", "1e-2"} + flags);
    return std::stod(summary(run, "eval_ppl"));
  }
};

TEST_F(LearningRecipe, MatricesLearnOnEveryCurveOfLambdaWhichEndsAtExactlyOne) {
  const double standing_still = ppl_after("still", {"--lr-matrices", "0"});
  for (const std::string& curve : lambda_schedules().values()) {
    EXPECT_LT(ppl_after(curve, {"--lambda-schedule", curve}), 0.8 * standing_still) << curve;
    const Rows steps = table(curve, "steps.tsv");
    ASSERT_EQ(steps[0].back(), "lambda");
    EXPECT_EQ(steps[1].back(), curve == "none" ? "1" : "0") << curve;
    EXPECT_EQ(results().back()[1], "1") << curve;
  }
}

TEST_F(LearningRecipe, MatricesLearnOnEveryCurveOfTheLearningRate) {
  const double standing_still = ppl_after("still", {"--lr-matrices", "0"});
  for (const std::string& curve : lr_schedules().values()) {
    EXPECT_LT(ppl_after(curve, {"--lr-schedule", curve}), 0.8 * standing_still) << curve;
  }
}

TEST_F(LearningRecipe, MatricesLearnWhicheverBlocksBecomeTernary) {
  for (const std::string& layers : layer_rules().values()) {
    const double standing_still =
        ppl_after(layers + "-still", {"--layers", layers, "--lr-matrices", "0"});
    EXPECT_LT(ppl_after(layers, {"--layers", layers}), 0.8 * standing_still) << layers;
  }
}

TEST_F(LearningRecipe, EmbeddingsLearnInEveryNumberOfBits) {
  for (const char* bits : {"32", "16", "8", "2"}) {
    const FlagList flags = {"--embedding-bits", bits};
    const double standing_still =
        ppl_after(std::string(bits) + "-still", flags + FlagList{"--lr-rest", "0"});
    EXPECT_LT(ppl_after(bits, flags), 0.5 * standing_still) << bits;
  }
}

}  // namespace
}  // namespace tern
