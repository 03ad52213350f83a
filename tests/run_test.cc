// Runs of the recipe train.cpp as processes: what they leave, and how they fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <sstream>

#include "tern/base/flags.h"
#include "tern/contract/knob_description.h"
#include "tern/contract/recipe_environment.h"
#include "tern/eval/score.h"
#include "tern/io/safetensors.h"
#include "tern/model/packed_model.h"
#include "tern/quant/absmean.h"
#include "tern/quant/packed.h"
#include "tests/child_process.h"
#include "tests/model_tolerance.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// What a run leaves.

TEST_F(RunTest, PrintsALineAndWritesARowAtEachEvaluation) {
  const std::string output = train("run", {"--eval-every", "3"});
  for (const char* step : {"3", "6", "8"}) {
    EXPECT_THAT(output, ContainsRegex(std::string("step ") + step +
                                      " lambda=[01]\\.[0-9]+ loss=[0-9.]+ eval_ppl=[0-9.]+ "
                                      "eval_bpb=[0-9.]+ lr=[-0-9.e]+ "
                                      "quant=\\[-1:0\\.[0-9]+ 0:0\\.[0-9]+ \\+1:0\\.[0-9]+\\]\n"));
  }
  const Rows rows = results();
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[1][0], "3");
  EXPECT_EQ(rows[3][0], "8");
  EXPECT_EQ(rows[3][1], "1");
  EXPECT_EQ(rows[3][12], "run");
  EXPECT_NEAR(std::stod(rows[3][9]) + std::stod(rows[3][10]) + std::stod(rows[3][11]), 1, 2e-4);
  EXPECT_GT(std::stoi(rows[3].at(14)), 0);
}

TEST_F(RunTest, TheBestPerplexityIsThatOfTernaryModelsAlone) {
  train("run", {"--eval-every", "2", "--lambda-warmup", "4"});
  const Rows rows = results();
  ASSERT_EQ(rows.size(), 1u + 4);
  EXPECT_LT(std::stod(rows[1][1]), 1);
  EXPECT_EQ(rows[1][8], "");
  EXPECT_EQ(rows[4][1], "1");
  EXPECT_EQ(std::stod(rows[4][8]), std::min(std::stod(rows[3][4]), std::stod(rows[4][4])));
}

TEST_F(RunTest, EveryStepIsARowInItsFolder) {
  train("run");
  const Rows steps = table("run", "steps.tsv");
  ASSERT_EQ(steps.size(), 1u + 8);
  for (size_t step = 1; step <= 8; ++step) EXPECT_EQ(steps[step][0], std::to_string(step));
  EXPECT_EQ(steps[8][1], summary("run", "tokens"));
  EXPECT_NEAR(std::stod(steps[8][2]), std::stod(summary("run", "training_seconds")), 0.02);
  EXPECT_EQ(steps[1][5], "0");
  EXPECT_EQ(steps[8][5], "1");
}

TEST_F(RunTest, EveryLayerHasARowAtEachEvaluation) {
  train("run", {"--eval-every", "4", "--lr", "1e-2"});
  const Rows layers = table("run", "layers.tsv");
  // Seven linear layers in each of two blocks, before training and at each evaluation.
  ASSERT_EQ(layers.size(), 1u + 3 * 14);
  EXPECT_EQ(layers[1][0] + " " + layers[1][6] + " " + layers[1][7], "0 1.0000 1.0000");
  double flips = 0;
  for (size_t i = 15; i < layers.size(); ++i) flips += std::stod(layers[i].at(5));
  EXPECT_GT(flips, 0);
  EXPECT_NE(layers.back()[6], "1.0000");
}

TEST_F(RunTest, ItWritesIntoItsFolderAloneAndItsAttendantTheRows) {
  const auto files = [&] {
    std::map<fs::path, fs::file_time_type> times;
    for (const auto& entry : fs::recursive_directory_iterator(lab_.root())) {
      if (entry.path().string().starts_with(lab_.run_folder("run").string())) continue;
      if (entry.path() == lab_.lab().results()) continue;
      if (entry.is_regular_file()) times[entry.path()] = entry.last_write_time();
    }
    return times;
  };
  const auto before = files();
  train("run", {"--save-every", "4"});
  EXPECT_EQ(files(), before);
  EXPECT_EQ(results().at(1).at(12), "run");
}

TEST_F(RunTest, RunAnewInTheSameFolderItKeepsNothingOfTheOldRun) {
  train("run");
  train("run", {"--steps", "5"});
  EXPECT_EQ(table("run", "steps.tsv").size(), 1u + 5);
  EXPECT_EQ(table("run", "layers.tsv").size(), 1u + 2 * 14);
  EXPECT_EQ(results().size(), 1u + 1);
}

TEST_F(RunTest, EndsWithABlockOfKeysAndValues) {
  const std::string output = train("run");
  std::istringstream block(output.substr(output.find("---\n") + 4));
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(block, line);) {
    const size_t colon = line.find(": ");
    ASSERT_NE(colon, std::string::npos) << line;
    values[line.substr(0, colon)] = line.substr(colon + 2);
  }
  for (const char* key : {"eval_ppl", "eval_bpb", "best_ppl", "train_loss", "steps", "tokens",
                          "tokens_per_s", "training_seconds", "total_seconds", "peak_memory_gb"}) {
    EXPECT_TRUE(values.contains(key)) << key;
    const double kept = std::stod(summary("run", key));
    EXPECT_NEAR(std::stod(values[key]), kept, 1e-6 * kept);  // seven digits are printed
  }
  EXPECT_EQ(values["steps"], "8");
  EXPECT_EQ(values["tokens"], "256");
  EXPECT_EQ(values["model"], model("run"));
}

TEST_F(RunTest, ThePackedModelIsTheFakeQuantizedWeightsBitForBit) {
  train("run", {"--save-every", "8"});
  const SafetensorsFile trained(checkpoint("run"));
  const Llama packed = load_packed(model("run"), DType::f32);
  for (const Llama::Linear& linear : packed.linears()) {
    const auto bytes = trained.find(linear.name)->bytes;
    std::vector<float> master(static_cast<size_t>(linear.O * linear.I));
    ASSERT_EQ(bytes.size(), master.size() * sizeof(float));
    std::memcpy(master.data(), bytes.data(), bytes.size());
    std::vector<float> quantized(master.size()), stored(master.size());
    fake_quantize_rows(master.data(), linear.O, linear.I, Grouping{32}, Absmean{}, 1.0f,
                       quantized.data());
    unpack_ternary(*linear.layer->pack(), stored.data());
    EXPECT_EQ(quantized, stored) << linear.name;
  }
}

TEST_F(RunTest, ItsOwnScoreIsThatOfThePackedModel) {
  train("run", {"--activation-bits", "8"});
  Llama packed = load_packed(model("run"), DType::f32);
  const Score score = score_windows(packed, EvalSet::read(lab_.lab().eval_set()));
  const double told = std::stod(summary("run", "eval_ppl"));
  EXPECT_NEAR(told, score.ppl, 1e-5 * score.ppl);
}

TEST_F(RunTest, ThePackedModelBringsItsTokenizer) {
  train("run");
  EXPECT_EQ(Tokenizer::load(model("run")).hash(), Tokenizer::load(lab_.model()).hash());
}

TEST_F(RunTest, NoTimeAtAllGivesTheTernaryModelWithoutTraining) {
  train("run", {"--steps", "0", "--time-budget", "0", "--save-every", "1"});
  EXPECT_EQ(summary("run", "steps"), "0");
  EXPECT_TRUE(is_packed(model("run")));
}

TEST_F(RunTest, ABudgetOfTokensIsRoundedUpToWholeSteps) {
  // Steps of 2 x 2 x 32 tokens.
  train("run", {"--steps", "0", "--tokens", "300", "--time-budget", "0", "--batch-size", "2",
                "--accumulation", "2", "--sequence-length", "32"});
  EXPECT_EQ(summary("run", "steps"), "3");
  EXPECT_EQ(summary("run", "tokens"), "384");
}

// The same numbers.

TEST_F(RunTest, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  for (const char* dtype : {"f32", "bf16"}) {
    for (const char* threads : {"1", "2"}) {
      const FlagList flags = {"--dtype", dtype, "--threads", threads};
      train("a", flags);
      train("b", flags);
      EXPECT_EQ(weights("a"), weights("b")) << dtype << ", " << threads << " threads";
    }
  }
  train("c", {"--seed", "2"});
  train("a");
  EXPECT_NE(weights("a"), weights("c"));
}

/// After one step a first moment is the clipped gradient times 1 - beta1.
TEST_F(RunTest, AccumulatedHalfBatchesHaveTheGradientOfTheWholeBatch) {
  const FlagList one_step = {"--steps", "1", "--save-every", "1", "--lambda-schedule", "none"};
  train("whole", one_step + FlagList{"--batch-size", "4"});
  train("halves", one_step + FlagList{"--batch-size", "2", "--accumulation", "2"});
  const SafetensorsFile whole(checkpoint("whole")), halves(checkpoint("halves"));
  int moments = 0;
  for (const SafetensorsEntry& entry : whole.entries()) {
    if (!entry.name.ends_with(".m")) continue;
    ++moments;
    std::vector<float> a(entry.bytes.size() / sizeof(float)), b(a.size());
    std::memcpy(a.data(), entry.bytes.data(), entry.bytes.size());
    std::memcpy(b.data(), halves.find(entry.name)->bytes.data(), entry.bytes.size());
    double largest = 0, difference = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      largest = std::max(largest, std::abs(double{a[i]}));
      difference = std::max(difference, std::abs(double{a[i]} - b[i]));
    }
    EXPECT_GT(largest, 0) << entry.name;
    EXPECT_LE(difference, tolerance(DType::f32, kBackward) * largest) << entry.name;
  }
  EXPECT_EQ(moments, 1 + 2 * 9 + 1);
}

/// Each step is followed by an evaluation that takes longer. A budget that counted it would be
/// spent after little more than its own second.
TEST_F(RunTest, TheTimeBudgetCountsTrainingAlone) {
  train("run", {"--steps", "0", "--time-budget", "1", "--eval-every", "1", "--eval-tokens", "512"});
  const double training = std::stod(summary("run", "training_seconds"));
  EXPECT_GE(training, 1);
  EXPECT_LT(training, 0.5 * std::stod(summary("run", "total_seconds")));
  EXPECT_GT(std::stoi(summary("run", "steps")), 1);
}

// What goes wrong.

TEST_F(RunTest, ALearningRateThatDivergesIsToldAndOverwritesNothing) {
  train("run", {"--save-every", "8"});
  const std::string model_before = weights("run"),
                    checkpoint_before = sha256_of_file(checkpoint("run"));
  const CapturedRun diverged = lab_.train("run", {"--lr", "1e30", "--save-every", "8"});
  EXPECT_EQ(diverged.exit_code, 1);
  EXPECT_THAT(diverged.output, ContainsRegex("train: step 2: .* model\\..*weight.*; lower the "
                                             "learning rate, lengthen its warm-up"));
  EXPECT_EQ(weights("run"), model_before);
  EXPECT_EQ(sha256_of_file(checkpoint("run")), checkpoint_before);
}

TEST_F(RunTest, AModelThatDivergedInItsLastStepIsNotScored) {
  EXPECT_THAT(refuse({"--lr", "1e30", "--steps", "1"}), HasSubstr("train: step 1: the loss is"));
  EXPECT_FALSE(fs::exists(lab_.lab().results()));
}

TEST_F(RunTest, AnUnknownFlagNamesTheNearestOne) {
  EXPECT_THAT(refuse({"--lr-scedule", "linear"}), HasSubstr("did you mean --lr-schedule?"));
}

TEST_F(RunTest, WrongUseOfARecipeIsToldApartFromFailure) {
  for (const FlagList& wrong :
       {FlagList{"--lr-scedule", "linear"}, FlagList{"--lr", "abc"}, FlagList{"--lr", "-1"}}) {
    EXPECT_EQ(lab_.train("run", wrong).exit_code, kUsage) << wrong[1];
  }
  EXPECT_THAT(refuse({"--lr", "abc"}), HasSubstr("--lr: expected a number, found \"abc\""));
  EXPECT_EQ(lab_.train("run", {"--resume"}).exit_code, kFailure);
}

TEST_F(RunTest, AValueOutOfRangeIsRefusedByItsName) {
  const std::pair<const char*, const char*> values[] = {
      {"--lr", "-1"},
      {"--lr", "nan"},
      {"--lr", "fast"},
      {"--steps", "-1"},
      {"--batch-size", "0"},
      {"--sequence-length", "9000000000000000000"},
      {"--beta2", "1"},
      {"--lr-end", "2"},
      {"--threads", "-1"},
      {"--activation-bits", "9"},
      {"--threshold", "0"},
      {"--quantizer", "median"},
      {"--lr-schedule", "none"},
      {"--lambda-schedule", "square"}};
  for (const auto& [flag, value] : values) {
    EXPECT_THAT(refuse({flag, value, "--lambda-warmup", "0"}), HasSubstr(flag)) << value;
  }
  EXPECT_THAT(refuse({"--group", "48"}),
              HasSubstr("--group must be one of 32, 64, 128, 256, row, tensor; found 48"));
  EXPECT_THAT(refuse({"--dtype", "f16"}),
              HasSubstr("--dtype must be one of auto, bf16, f32; found f16"));
}

TEST_F(RunTest, AWarmUpOfLambdaThatDoesNotEndWithinTheRunIsRefusedAtTheStart) {
  EXPECT_THAT(
      refuse({"--lambda-warmup", "200"}),
      HasSubstr("--lambda-warmup 200 does not end within the run's 8 steps; the longest that "
                "fits is 8"));
  EXPECT_FALSE(fs::exists(lab_.run_folder("refused") / "steps.tsv"));
  EXPECT_THAT(refuse({"--steps", "0", "--tokens", "64", "--lambda-warmup", "200"}),
              HasSubstr("within the run's 2 steps"));
  train("ends", {"--lambda-warmup", "8"});
  train("at-once", {"--lambda-schedule", "none", "--eval-every", "8"});
}

TEST_F(RunTest, UnderABudgetOfSecondsItIsRefusedAfterThreeSteps) {
  const std::string output =
      refuse({"--steps", "0", "--time-budget", "60", "--lambda-warmup", "10000000"});
  EXPECT_THAT(output, ContainsRegex("--lambda-warmup 1e\\+07 does not end within the run's [0-9]+ "
                                    "steps; the longest that fits is [0-9]+"));
  EXPECT_EQ(table("refused", "steps.tsv").size(), 1u + 3);
}

TEST_F(RunTest, AWarmUpOfTheLearningRateThatDoesNotEndOnlyWarns) {
  EXPECT_THAT(train("run", {"--lr-warmup", "500"}),
              HasSubstr("warning: --lr-warmup 500 does not end within the run's 8 steps"));
}

TEST_F(RunTest, DescribesItsKnobsWithTheValuesThatFlagsGiveThem) {
  const CapturedRun run = lab_.train("run", {"--describe", "--lr", "2e-3", "--lr-schedule", "wsd"});
  const RecipeDescription recipe = RecipeDescription::parse_untrusted(run.output);
  EXPECT_EQ(recipe.find("lr")->value, "2e-3");
  EXPECT_EQ(recipe.find("lr")->standard, "3e-4");
  EXPECT_EQ(recipe.find("lr")->path, "lr.peak");
  EXPECT_TRUE(recipe.find("lr_decay")->acts);
  EXPECT_FALSE(recipe.find("lambda_rate")->acts);
  EXPECT_FALSE(fs::exists(lab_.run_folder("run")));
}

TEST_F(RunTest, HelpShowsTheKnobsAndNotWhatWhoeverStartsItSets) {
  const CapturedRun help = capture_process({TERN_RECIPE, "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, AllOf(HasSubstr("--lambda-warmup"), HasSubstr("--threads")));
  for (const std::string_view name : kHarnessFlags) {
    EXPECT_THAT(help.output, Not(HasSubstr(flag_name(name) + " "))) << name;
    EXPECT_THAT(help.output, Not(HasSubstr("--no-" + flag_name(name).substr(2)))) << name;
  }
}

TEST_F(RunTest, WhatDoesNotFitInMemoryIsRefusedBeforehand) {
  EXPECT_THAT(refuse({"--batch-size", "1048576", "--sequence-length", "32"}),
              ContainsRegex("needs about [0-9.]+ [MG]B of memory and [0-9.]+ [MG]B are free"));
}

TEST_F(RunTest, ALabThatWasNotPreparedSaysHowTo) {
  fs::remove(lab_.lab().manifest());
  EXPECT_THAT(refuse({}), HasSubstr("run `tern prepare`"));
}

TEST_F(RunTest, ALabOfANewerTernSaysToUpdate) {
  write_file_atomically(lab_.root() / "lab.toml", "version = 2\n");
  EXPECT_THAT(refuse({}), HasSubstr("update Tern"));
}

TEST_F(RunTest, AnEvaluationFileOfAnotherTokenizerIsRefused) {
  EvalSet set = EvalSet::read(lab_.lab().eval_set());
  set.tokenizer_sha256 = std::string(64, '0');
  set.write(lab_.lab().eval_set());
  EXPECT_THAT(refuse({}), AllOf(HasSubstr("wikitext_eval.json: made with another tokenizer"),
                                HasSubstr("run `tern prepare` again")));
}

TEST_F(RunTest, TokensOfAnotherTokenizerAreRefused) {
  TokenFileWriter tokens(lab_.lab().train_tokens(), 300, std::string(64, '0'));
  tokens.append(std::vector<int32_t>(100));
  tokens.commit();
  EXPECT_THAT(refuse({}), HasSubstr("train.tokens: made with another tokenizer"));
}

TEST_F(RunTest, ACheckpointOfAnotherModelIsRefused) {
  train("run", {"--save-every", "8"});
  fs::remove_all(model("run"));
  LlamaConfig config = LlamaConfig::read(lab_.model() / "config.json");
  config.num_hidden_layers = 3;
  Llama other(config, {});
  other.initialize(1);
  save_llama(other, lab_.model());
  EXPECT_THAT(refuse({"--resume"}, "run"), HasSubstr("the recipe has changed since"));
}

}  // namespace
}  // namespace tern
