// The real recipe, as a process, teaches a tiny model the stories of the tiny lab through one arm
// after another.

#include <gtest/gtest.h>

#include "tern/model/start.h"
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
  LearningRecipe() { make_model(tiny_config()); }

  /// An untrained model of three blocks, so that there is an inner one.
  void make_model(LlamaConfig config) const {
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

TEST_F(LearningRecipe, MatricesLearnInGroupsOfAnySize) {
  LlamaConfig wider = tiny_config();
  wider.hidden_size = 48;  // a group of 32 and a short one
  wider.head_dim = 12;
  make_model(wider);
  const double standing_still = ppl_after("still", {"--lr-matrices", "0"});
  for (const char* group : {"32", "row", "tensor"}) {
    for (const char* quantizer : {"rule", "lsq", "elastic", "shift", "hestia"}) {
      const FlagList flags = {"--group", group, "--quantizer", quantizer};
      EXPECT_LT(ppl_after("learns", flags), 0.8 * standing_still) << group << " " << quantizer;
    }
  }
}

TEST_F(LearningRecipe, MatricesLearnFromEveryStart) {
  const double standing_still = ppl_after("still", {"--lr-matrices", "0"});
  for (const std::string& start : starts().values()) {
    EXPECT_LT(ppl_after(start, {"--start", start}), 0.8 * standing_still) << start;
  }
}

TEST_F(LearningRecipe, MatricesLearnWithWhatWakesOrReplacesDeadWeights) {
  const double standing_still = ppl_after("still", {"--lr-matrices", "0"});
  const std::vector<FlagList> arms = {{"--reactivate", "--reactivate-above", "0.3"},
                                      {"--dead-gradient", "2"},
                                      {"--dead-bias", "tequila"},
                                      {"--dead-bias", "tequila-learned"},
                                      {"--dead-bias", "injected"}};
  for (const FlagList& arm : arms) {
    EXPECT_LT(ppl_after("learns", arm), 0.8 * standing_still) << arm[1 % arm.size()];
  }
}

TEST_F(LearningRecipe, MatricesLearnHoweverTheirStepsAreMade) {
  const double standing_still = ppl_after("still", {"--lr-matrices", "0"});
  const std::vector<FlagList> arms = {
      {"--clip-value", "0.01"},
      {"--clip-norm", "0"},
      {"--weight-decay", "0.1", "--weight-decay-until", "0.5"},
      {"--average", "0.5"},
      {"--accumulation", "2"},
      {"--optimizer-state", "bf16"},
      {"--quantizer", "lsq", "--learned-init", "rule", "--lr-scales", "0.1"}};
  for (const FlagList& arm : arms) {
    EXPECT_LT(ppl_after("learns", arm), 0.8 * standing_still) << arm[0];
  }
}

/// Before lambda rises nothing is quantized, biased or boosted: the model is the full-precision
/// one.
TEST_F(LearningRecipe, AtLambdaZeroEveryArmLeavesTheModelAsItIs) {
  const auto ppl_at_start = [&](const FlagList& flags) {
    lab_.train("start", FlagList{"--steps", "2", "--eval-every", "1", "--lr", "1e-12",
                                 "--lambda-warmup", "1"} +
                            flags);
    const Rows steps = table("start", "steps.tsv");
    EXPECT_EQ(steps[1].back(), "0");
    return results()[results().size() - 2][4];
  };
  const std::string plain = ppl_at_start({});
  const std::vector<FlagList> arms = {
      {"--dead-bias", "tequila", "--dead-bias-scale", "1"},
      {"--activation-bits", "4"},
      {"--activation-bits", "4", "--activation-scale", "channel", "--activation-clip", "0.5"},
      {"--activation-bits", "4", "--activation-scale", "absmean"},
      {"--quantizer", "lsq"},
      {"--quantizer", "shift"},
      {"--quantizer", "hestia"},
      {"--level", "lloyd-max"}};
  for (const FlagList& arm : arms) EXPECT_EQ(ppl_at_start(arm), plain) << arm[1];
}

}  // namespace
}  // namespace tern
