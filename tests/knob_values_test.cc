// The knobs of the recipe as processes: every value that is listed trains, packs and resumes,
// nonsense is refused before training, and what is listed is what the program takes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tern/base/flags.h"
#include "tern/base/toml.h"
#include "tern/contract/knob_description.h"
#include "tern/eval/score.h"
#include "tern/model/packed_model.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path kLab = fs::path(TERN_SOURCE_DIR) / "lab";

std::vector<KnobDescription> knobs() {
  const CapturedRun run = capture_process({TERN_RECIPE, "--describe"});
  return RecipeDescription::parse_untrusted(run.output).knobs;
}

/// The flags that one value of a knob needs beside itself.
FlagList with(const std::string& knob, const std::string& value) {
  FlagList flags = {"--steps", "3", flag_name(knob), value};
  const auto add = [&](const FlagList& more) {
    flags.insert(flags.end(), more.begin(), more.end());
  };
  if (knob == "zeros" || knob == "pattern") add({"--level", "least-squares"});
  if (knob == "activation_scale" || knob == "activation_clip") add({"--activation-bits", "4"});
  if (knob == "distill_feature_layers") add({"--distill-features", "mse"});
  if (knob == "learned_init") add({"--quantizer", "lsq"});
  return flags;
}

class KnobValues : public RunTest {};

TEST_F(KnobValues, EveryNamedValueTrainsAndItsPackedModelScoresAsInTraining) {
  for (const KnobDescription& knob : knobs()) {
    if (knob.type != "std::string") continue;
    for (const std::string& value : knob.tries) {
      if (value == knob.value || knob.name == "layers") continue;  // two blocks have no inner one
      const std::string run = knob.name + "-" + value.substr(0, value.find(':'));
      train(run, with(knob.name, value));
      Llama packed = load_packed(model(run), DType::f32);
      const EvalSet set = EvalSet::read(lab_.lab().eval_set());
      const double ppl = score_windows(packed, set).ppl;
      EXPECT_NEAR(std::stod(summary(run, "eval_ppl")), ppl, 1e-4 * ppl) << run;
    }
  }
}

TEST_F(KnobValues, PiecesCombineFreely) {
  train("a", {"--steps",
              "3",
              "--quantizer",
              "shift",
              "--dead-bias",
              "tequila-learned",
              "--dead-gradient",
              "2",
              "--reactivate",
              "--reactivate-above",
              "0.3",
              "--reactivate-every",
              "1",
              "--hadamard",
              "8",
              "--sub-norm",
              "--activation-bits",
              "8",
              "--embedding-bits",
              "8",
              "--optimizer",
              "muon",
              "--optimizer-state",
              "bf16",
              "--clip-value",
              "0.5",
              "--distill",
              "tsld",
              "--distill-features",
              "cosine",
              "--distill-relations",
              "0.1",
              "--recompute",
              "--layers",
              "growing",
              "--lr-scales",
              "0.1"});
  Llama packed = load_packed(model("a"), DType::f32);
  const double ppl = score_windows(packed, EvalSet::read(lab_.lab().eval_set())).ppl;
  EXPECT_NEAR(std::stod(summary("a", "eval_ppl")), ppl, 1e-4 * ppl);
}

TEST_F(KnobValues, AResumedRunOfArmsWithAStateOfTheirOwnIsTheUndisturbedOne) {
  const FlagList flags = {"--quantizer",
                          "lsq",
                          "--rounding",
                          "nearest",
                          "--optimizer",
                          "muon",
                          "--optimizer-state",
                          "bf16",
                          "--average",
                          "0.9",
                          "--dead-bias",
                          "injected",
                          "--sub-norm",
                          "--threads",
                          "1",
                          "--hadamard",
                          "8"};
  train("whole", flags + FlagList{"--steps", "6"});
  train("parts", flags + FlagList{"--steps", "6", "--save-every", "4"});
  train("parts", flags + FlagList{"--steps", "6", "--resume"});
  EXPECT_EQ(weights("parts"), weights("whole"));
}

TEST_F(KnobValues, RecomputedActivationsChangeNoBit) {
  const FlagList flags = {"--steps", "3", "--threads", "1", "--rounding", "stochastic"};
  train("kept", flags);
  train("again", flags + FlagList{"--recompute"});
  EXPECT_EQ(weights("again"), weights("kept"));
}

/// How a model of a billion weights trains in little memory.
TEST_F(KnobValues, ArmsThatSaveMemoryLearnWhatTrainingWithoutThemLearns) {
  const FlagList flags = {"--steps", "6", "--lr", "1e-2"};
  train("start", {"--steps", "1", "--lr", "1e-9"});
  const std::string without = train("without", flags + FlagList{"--batch-size", "4"});
  const std::string with =
      train("with", flags + FlagList{"--batch-size", "1", "--accumulation", "4", "--recompute",
                                     "--optimizer-state", "bf16"});
  const auto ppl = [&](const char* run) { return std::stod(summary(run, "eval_ppl")); };
  EXPECT_LT(ppl("without"), 0.9 * ppl("start"));
  EXPECT_NEAR(ppl("with"), ppl("without"), 0.02 * ppl("without"));
  // Said before anything is allocated.
  EXPECT_THAT(without, ::testing::StartsWith("training takes about"));
  for (const char* saved : {"training takes about", "(f32: ", "(kept: "}) {
    EXPECT_THAT(with.substr(0, with.find('\n')), HasSubstr(saved));
  }
}

TEST_F(KnobValues, ACombinationWithoutSenseIsRefusedBeforeTraining) {
  const std::vector<std::pair<FlagList, const char*>> cases = {
      {{"--zeros", "0.4", "--threshold", "0.7"}, "--threshold"},
      {{"--zeros", "0.4", "--pattern", "3:4"}, "--pattern"},
      {{"--quantizer", "hestia", "--level", "least-squares"}, "it needs --quantizer rule"},
      {{"--quantizer", "hestia", "--dead-bias", "tequila"}, "a second time"},
      {{"--learned-init", "rule"}, "it needs --quantizer lsq/elastic"},
      {{"--reactivate", "--pattern", "3:4"}, "it needs --pattern none"},
      {{"--reactivate", "--zeros", "0.4"}, "--reactivate needs a threshold"},
      {{"--reactivate-above", "0.5"}, "it needs --reactivate"},
      {{"--start", "gptq", "--hadamard", "8"}, "it needs --start rounding"},
      {{"--start", "gptq", "--layers", "inner"}, "another --layers than inner"},
      {{"--layers", "growing", "--lambda-warmup", "0"}, "to grow in"},
      {{"--activation-clip", "0.5"}, "it needs another --activation-bits than 16"},
      {{"--lambda-rate", "8"}, "it needs --lambda-schedule exponential/sigmoid"},
      {{"--hadamard", "12"}, "power of two"},
      {{"--distill-relation-layer", "9", "--distill-relations", "1"}, "9"},
      {{"--distill-mix", "0.7"}, "it needs another --distill than none"},
      {{"--distill", "forward-kl", "--distill-mix", "0"}, "--distill-mix must be above 0"},
      {{"--scale", "absmax", "--zeros", "0.3", "--level", "least-squares"},
       "--scale absmax has no effect"},
      {{"--lambda-schedule", "none", "--lambda-warmup", "0.5"},
       "--lambda-warmup 0.5 has no effect"},
      {{"--weight-decay", "0.1", "--weight-decay-until", "0"}, "must be above 0"},
      {{"--optimizer", "lion", "--epsilon", "1e-6"}, "another --optimizer than lion"},
      {{"--lr-schedule", "constant", "--lr-end", "0"}, "another --lr-schedule than constant"},
      {{"--optimizer", "sgd"}, "adamw, lion, muon"},
      {{"--optimizer-state", "auto"}, "must be one of f32, bf16; found auto"},
      {{"--lr-rest", "-1"}, "--lr-rest must be 0 or more, found -1"},
      {{"--dead-gradient", "0"}, "--dead-gradient must be above 0, found 0"},
      {{"--embedding-bits", "3"}, "16, 2, 32, 8"},
  };
  for (const auto& [flags, sentence] : cases) {
    EXPECT_THAT(refuse(flags + FlagList{"--steps", "1"}), HasSubstr(sentence)) << flags[0];
    EXPECT_FALSE(fs::exists(lab_.run_folder("refused") / "steps.tsv")) << flags[0];
  }
}

TEST(Knobs, EveryValueThereIsIsOffered) {
  for (const KnobDescription& knob : knobs()) {
    if (knob.choices.empty() || knob.tries.empty()) continue;
    std::set<std::string> choices;
    for (const KnobChoice& choice : knob.choices) choices.insert(choice.value);
    EXPECT_EQ(std::set<std::string>(knob.tries.begin(), knob.tries.end()), choices) << knob.name;
  }
}

TEST(Knobs, EachSaysWhatItMeans) {
  for (const KnobDescription& knob : knobs()) EXPECT_FALSE(knob.meaning.empty()) << knob.name;
}

/// What the two programs that Tern follows let an agent try.
TEST(Knobs, OfferTheValuesOfTheProgramsThatTernFollows) {
  const std::pair<const char*, FlagList> lists[] = {
      {"lr", {"1e-5", "2e-5", "5e-5", "1e-4", "2e-4", "5e-4"}},
      {"lr_warmup", {"50", "100", "200", "500"}},
      {"lr_schedule", {"constant", "linear", "cosine"}},
      {"lambda_warmup", {"200", "500", "1000", "2000", "5000"}},
      {"lambda_schedule", {"linear", "cosine", "exponential", "step", "two-phase"}},
      {"group", {"32", "64", "128", "256", "tensor"}},
      {"clip_norm", {"0.5", "1", "2", "5"}},
      {"activation_bits", {"8", "16"}},
      {"activation_scale", {"token", "channel"}},
      {"scale", {"absmean", "absmax"}}};
  const std::vector<KnobDescription> all = knobs();
  for (const auto& [name, values] : lists) {
    const auto knob = std::ranges::find(all, name, &KnobDescription::name);
    ASSERT_NE(knob, all.end()) << name;
    EXPECT_THAT(knob->tries, ::testing::IsSupersetOf(values)) << name;
  }
}

TEST(Knobs, PublishedRecipesAndAblationsTurnThoseThatAreThere) {
  std::set<std::string> flags;
  for (const KnobDescription& knob : knobs()) {
    flags.insert(flag_name(knob.name));
    if (knob.type == "bool") flags.insert("--no-" + flag_name(knob.name).substr(2));
  }
  int recipes = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(kLab / "recipes")) {
    ++recipes;
    const Json recipe = read_toml(file.path());
    for (const auto& [knob, value] : recipe.at("recipe").members()) {
      EXPECT_TRUE(flags.contains(flag_name(knob))) << file.path() << " " << knob;
    }
  }
  EXPECT_EQ(recipes, 7);
  const Json ablations = read_toml(kLab / "ablations.toml");
  for (const Json& arm : ablations.at("arm").items()) {
    for (const Json& flag : arm.at("flags").items()) {
      const std::string word = flag.as_string();
      EXPECT_TRUE(!word.starts_with("--") || flags.contains(word)) << word;
    }
  }
}

}  // namespace
}  // namespace tern
