// `tern new` and `tern prepare` as a person runs them, on a tiny model and local texts.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "demo/demo_base.h"
#include "demo/demo_text.h"
#include "tern/base/command.h"
#include "tern/base/file.h"
#include "tern/base/json.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"
#include "tern/data/eval_set.h"
#include "tern/data/token_file.h"
#include "tern/lab_files/data_seed.h"
#include "tern/lab_files/lab.h"
#include "tern/model/model_test_util.h"
#include "tern/recipe/overrides.h"
#include "tern/recipe/toolchain.h"
#include "tests/commands_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(Commands, ANewLabIsARepositoryWithOneCommit) {
  const CapturedRun run = make_lab();
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("tern prepare"));
  EXPECT_EQ(git({"log", "--all", "--format=%D, %an <%ae>"}).output,
            "HEAD -> main, tern <tern@localhost>\n");
  EXPECT_EQ(git({"ls-files"}).output, ".gitignore\nlab.toml\nprogram.md\ntrain.cpp\n");
  EXPECT_EQ(git({"status", "--porcelain"}).output, "");
}

TEST_F(Commands, ANewLabIsCommittedByThePersonGitKnows) {
  write(".gitconfig", "[user]\n  name = Ada\n  email = ada@example.org\n");
  make_lab();
  EXPECT_EQ(git({"log", "--format=%an <%ae>"}).output, "Ada <ada@example.org>\n");
}

TEST_F(Commands, EveryPresetWritesItsOverridesIntoTheRecipe) {
  const KnobDescription budget{.name = "time_budget",
                               .path = "run.time_budget",
                               .type = "double",
                               .value = "300",
                               .standard = "300"};
  for (const std::string preset : {"demo", "smollm-135m", "llama-3.2-1b"}) {
    fs::remove_all(lab());
    ASSERT_EQ(make_lab(preset).exit_code, 0) << preset;
    const LabConfig config = Lab::find(lab()).config();
    // As lab.toml has it, so that the recipe run by hand is the one that the loop runs.
    const std::string recipe = read_file(lab() / "train.cpp");
    EXPECT_EQ(set_override(recipe, budget, fmt::format("{}", config.budget.seconds)), recipe)
        << preset;
    EXPECT_THAT(recipe, HasSubstr("    weights.rule.level = \"least-squares\";\n"));
  }
}

TEST_F(Commands, TrainAsksForPrepareBeforeItCompiles) {
  make_lab();
  const CapturedRun train = tern({"train"}, lab());
  EXPECT_EQ(train.exit_code, 1);
  EXPECT_THAT(train.output, HasSubstr("run `tern prepare` in the lab first"));
  EXPECT_FALSE(fs::exists(fs::path(lab()) / ".tern" / "cache"));
}

TEST_F(Commands, ALabDrawsADataSeedUnlessItIsGivenOne) {
  for (const char* name : {"one", "two"}) tern({"new", name}, folder_.path());
  const auto seed_of = [&](const char* name) { return data_seed(Lab::find(folder_ / name)); };
  EXPECT_NE(seed_of("one"), seed_of("two"));
  EXPECT_THAT(tern({"new", "three", "--data-seed", "7"}, folder_.path()).output,
              HasSubstr("its data seed is 7: whoever knows it can make the demo's texts"));
  EXPECT_EQ(seed_of("three"), 7);
}

TEST_F(Commands, TheDataSeedIsNotCommitted) {
  make_lab();
  EXPECT_EQ(git({"ls-files", "--", ".tern"}).output, "");
  EXPECT_THAT(read_file(lab() / "lab.toml"), ::testing::Not(HasSubstr("seed = ")));
}

TEST_F(Commands, AFolderThatIsNotEmptyStaysAsItIs) {
  fs::create_directory(lab());
  write("lab/notes.txt", "mine");
  const CapturedRun run = make_lab();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, HasSubstr("not empty"));
  EXPECT_EQ(std::distance(fs::directory_iterator(lab()), {}), 1);
}

TEST_F(Commands, AnUnknownPresetNamesTheNearestOne) {
  const CapturedRun run = make_lab("smollm-135");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.output, HasSubstr("did you mean smollm-135m?"));
  EXPECT_FALSE(fs::exists(lab()));
}

TEST(Toolchain, ACompilerOfRecipesReadsNothingOfTheDemo) {
  const fs::path home = fs::path(TERN_PROGRAM).parent_path().parent_path();
  for (const fs::path& input : Toolchain::read(home).inputs()) {
    EXPECT_EQ(input.filename().string().find("demo"), std::string::npos) << input;
    EXPECT_FALSE(fs::exists(input / "demo")) << input;
  }
}

/// A demo lab, a tiny model and texts beside it, and no network.
class Prepare : public Commands {
 protected:
  Prepare() {
    setenv("HF_ENDPOINT", "http://127.0.0.1:9", 1);
    for (const char* name : {"HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE"}) unsetenv(name);
    make_lab();
    DemoBase base = DemoBase::standard();
    base.config = tiny_config();
    base.config.vocab_size = 300;
    base.training = {.steps = 1, .batch_size = 1, .sequence_length = 16};
    fs::rename(demo_base(folder_ / "made", base, demo_stories(20, 1)), folder_ / "model");
    write("train.txt", demo_stories(20, 1));
    write("eval.txt", demo_stories(3, 2));
    write("confirm.txt", "One text without an end, which is used in one piece.\n");
  }

  /// `tern prepare` on the model and texts above, with more flags.
  CapturedRun prepare(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"prepare",     "--model",      "../model",
                                          "--train",     "../train.txt", "--eval",
                                          "../eval.txt", "--confirm",    "../confirm.txt"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tern(arguments, lab());
  }
  /// The same without a text to confirm on.
  CapturedRun prepare_without_confirm_text() const {
    return prepare_again(
        {"--model", "../model", "--train", "../train.txt", "--eval", "../eval.txt"});
  }
  /// The same from what lab.toml says.
  CapturedRun prepare_again(std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), "prepare");
    return tern(flags, lab());
  }
};

TEST_F(Prepare, MakesTokensAndBothEvaluationSetsFromLocalFiles) {
  const CapturedRun run = prepare();
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const Lab made = Lab::find(lab());
  const Tokenizer tokenizer = Tokenizer::load(LabManifest::read(made).model);
  const TokenFile tokens(made.train_tokens());
  EXPECT_EQ(tokens.info().documents, 20);
  EXPECT_EQ(tokens.info().tokenizer_sha256, tokenizer.hash());
  for (const fs::path& file : {made.eval_set(), made.confirm_set()}) {
    const EvalSet set = EvalSet::read(file);
    set.check_tokenizer(tokenizer);
    EXPECT_EQ(set.window, 32);  // the model's context, less than lab.toml's 256
  }
  EXPECT_EQ(LabManifest::read(made).train_source, "");
}

TEST_F(Prepare, AFinalTextIsCutToWholeLinesWhereLabTomlSaysSo) {
  ASSERT_EQ(prepare().exit_code, 0);
  EXPECT_FALSE(fs::exists(Lab::find(lab()).final_set())) << "the preset's belongs to its eval text";
  write("final.txt", "One line.\nAnother one.\nAnd a third.\n");
  ASSERT_EQ(prepare({"--final", "../final.txt"}).exit_code, 0);
  const Lab made = Lab::find(lab());
  EXPECT_EQ(made.config().final_text, folder_ / "final.txt");
  EXPECT_EQ(EvalSet::read(made.final_set()).bytes, 36);
  const fs::path toml = lab() / "lab.toml";
  std::string text = read_file(toml);
  write_file_atomically(toml, text.replace(text.find("final_bytes = 0"), 15, "final_bytes = 30"));
  ASSERT_EQ(prepare_again().exit_code, 0);
  EXPECT_EQ(EvalSet::read(made.final_set()).bytes, 23);
  EXPECT_THAT(prepare_again().output,
              HasSubstr("final    " + (folder_ / "final.txt").string() + ", there already"));
  EXPECT_THAT(prepare_again({"--final", ""}).output, HasSubstr("final    none"));
  EXPECT_FALSE(fs::exists(made.final_set()));
}

TEST_F(Prepare, ATextShorterThanAWindowIsScoredAsOneShortWindow) {
  write("eval.txt", "One day.");
  const CapturedRun run = prepare();
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto tokens = std::ssize(EvalSet::read(Lab::find(lab()).eval_set()).tokens);
  ASSERT_LT(tokens, 32);
  EXPECT_THAT(run.output, HasSubstr(fmt::format("in windows of {}\n", tokens)));
  const CapturedRun eval = tern({"eval", "../model", "--json"}, lab());
  ASSERT_EQ(eval.exit_code, 0) << eval.output;
  const Json score = Json::parse(eval.output, "tern eval --json");
  EXPECT_EQ(score.at("window").as_int(), tokens);
  EXPECT_EQ(score.at("windows").as_int(), 1);
  EXPECT_EQ(score.at("tokens").as_int(), tokens - 1);
}

TEST_F(Prepare, ATextWithNothingToPredictIsRefused) {
  write("eval.txt", "\n");
  const CapturedRun run = prepare();
  EXPECT_EQ(run.exit_code, kFailure);
  EXPECT_THAT(run.output, HasSubstr("expected a text of at least 2 tokens"));
}

TEST_F(Prepare, WhatIsThereFromTheSameTextIsKept) {
  prepare();
  const fs::path tokens = Lab::find(lab()).train_tokens();
  const auto made = fs::last_write_time(tokens);
  const CapturedRun again = prepare_again();
  ASSERT_EQ(again.exit_code, 0) << again.output;
  EXPECT_EQ(fs::last_write_time(tokens), made);
  prepare_again({"--force"});
  EXPECT_NE(fs::last_write_time(tokens), made);
}

TEST_F(Prepare, ATextThatChangedIsTokenisedAnew) {
  prepare();
  write("train.txt", demo_stories(10, 1));
  prepare_again();
  EXPECT_EQ(TokenFile(Lab::find(lab()).train_tokens()).info().documents, 10);
}

TEST_F(Prepare, TrainTokensAreALimitThatLabTomlRemembers) {
  EXPECT_THAT(prepare({"--train-tokens", "500"}).output, HasSubstr("data.train_tokens = 500"));
  const Lab made = Lab::find(lab());
  EXPECT_EQ(made.config().train_tokens, 500);
  EXPECT_LT(TokenFile(made.train_tokens()).info().documents, 20);
}

TEST_F(Prepare, AStreamedTextIsOnlyNoted) {
  const CapturedRun run = prepare({"--stream"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const Lab made = Lab::find(lab());
  EXPECT_EQ(LabManifest::read(made).train_source, folder_ / "train.txt");
  EXPECT_TRUE(made.config().stream);
  EXPECT_FALSE(fs::exists(made.train_tokens()));
}

TEST_F(Prepare, StandardInputCanBeTheText) {
  const CapturedRun run = capture_process(
      {"sh", "-c",
       fmt::format("cat ../train.txt | {} prepare --model ../model --train - --eval ../eval.txt "
                   "--confirm ../confirm.txt",
                   TERN_PROGRAM)},
      false, lab());
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_EQ(TokenFile(Lab::find(lab()).train_tokens()).info().documents, 20);
}

TEST_F(Prepare, BytesThatAreNotUtf8AreCounted) {
  write("train.txt", "Caf\xe9 and na\xefve.\n");
  EXPECT_THAT(prepare().output, HasSubstr("2 bytes were not UTF-8"));
}

TEST_F(Prepare, OnlyLocalFilesNeedNoNetworkAndMakeALabWithoutConfirmText) {
  for (const std::string preset : {"demo", "smollm-135m"}) {
    fs::remove_all(lab());
    make_lab(preset);
    const CapturedRun run = prepare_without_confirm_text();
    ASSERT_EQ(run.exit_code, 0) << preset << ": " << run.output;
    EXPECT_THAT(run.output, HasSubstr("confirm  none"));
    EXPECT_THAT(run.output, HasSubstr("--confirm FILE"));
    const Lab made = Lab::find(lab());
    EXPECT_EQ(made.config().confirm, "") << preset;
    EXPECT_FALSE(fs::exists(made.confirm_set())) << preset;
    const CapturedRun again = prepare_again();
    EXPECT_EQ(again.exit_code, 0) << preset << ": " << again.output;
  }
}

TEST_F(Prepare, ALocalTextIsScoredAsAWhole) {
  ASSERT_EQ(
      prepare_again({"--model", "../model", "--train", "../train.txt", "--eval", "../confirm.txt"})
          .exit_code,
      0);
  EXPECT_EQ(EvalSet::read(Lab::find(lab()).eval_set()).bytes,
            static_cast<int64_t>(fs::file_size(folder_ / "confirm.txt")));
}

TEST_F(Prepare, TheDemosTextToScoreOnBringsItsOwnToConfirmOn) {
  const CapturedRun run = prepare_again({"--model", "../model", "--train", "../train.txt"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const Lab made = Lab::find(lab());
  EXPECT_TRUE(fs::exists(made.confirm_set()));
  EXPECT_NE(read_file(made.final_set()), read_file(made.confirm_set()));
}

TEST_F(Prepare, TheDemosTextsFollowFromTheDataSeed) {
  const auto demo_texts = [&](int64_t data_seed) {
    write_data_seed(lab(), data_seed);
    const CapturedRun run = prepare_again({"--model", "../model", "--train-tokens", "500"});
    EXPECT_EQ(run.exit_code, 0) << run.output;
    const Lab made = Lab::find(lab());
    std::vector<std::vector<int32_t>> texts;
    for (const fs::path& file : {made.eval_set(), made.confirm_set()}) {
      texts.push_back(EvalSet::read(file).tokens);
    }
    const TokenFile train(made.train_tokens());
    train.copy(0, texts.emplace_back(500));
    return texts;
  };
  const auto first = demo_texts(7), other = demo_texts(8);
  for (size_t i = 0; i < first.size(); ++i) EXPECT_NE(first[i], other[i]) << i;
  EXPECT_EQ(demo_texts(7), first);
}

TEST_F(Prepare, NothingThatARecipeMayReadHoldsTheDataSeed) {
  write_data_seed(lab(), 1234567890123456789);
  prepare_again({"--model", "../model"});
  for (const auto& entry : fs::recursive_directory_iterator(lab() / "data")) {
    EXPECT_EQ(read_file(entry.path()).find("1234567890123456789"), std::string::npos)
        << entry.path();
  }
}

TEST_F(Prepare, TheDemosTextIsNotStreamed) {
  const CapturedRun run = prepare_again({"--model", "../model", "--stream"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, HasSubstr("must not be able to make this text; --no-stream"));
}

TEST_F(Prepare, AConfirmTextOfAnEarlierPreparationIsRemovedWhenThereIsNoneAnyMore) {
  prepare_again({"--model", "../model", "--train", "../train.txt"});
  const fs::path confirm = Lab::find(lab()).confirm_set();
  ASSERT_TRUE(fs::exists(confirm));
  EXPECT_THAT(prepare_without_confirm_text().output, HasSubstr("the one of before is removed"));
  EXPECT_FALSE(fs::exists(confirm));
  EXPECT_THAT(prepare_again().output, ::testing::Not(HasSubstr("removed")));
}

TEST_F(Prepare, AConfirmTextOfOnesOwnStaysWithAnotherTextToScoreOnUntilItIsTakenAway) {
  prepare();
  write("other.txt", demo_stories(2, 5));
  ASSERT_EQ(prepare_again({"--eval", "../other.txt"}).exit_code, 0);
  EXPECT_EQ(Lab::find(lab()).config().confirm, folder_ / "confirm.txt");
  ASSERT_EQ(prepare_again({"--confirm", ""}).exit_code, 0);
  EXPECT_FALSE(fs::exists(Lab::find(lab()).confirm_set()));
}

TEST_F(Prepare, AnAblationOfALabWithoutConfirmTextSaysHowToGiveOne) {
  prepare_without_confirm_text();
  const CapturedRun run = tern({"ablate"}, lab());
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, HasSubstr("`tern prepare --confirm FILE`"));
}

TEST_F(Prepare, FlagsOfAPreparationThatFailsNeedNotBeGivenAgain) {
  fs::create_directory(lab() / "notes");
  const CapturedRun run = tern({"prepare", "--model", "../../model", "--train", "../../later.txt",
                                "--eval", "../../eval.txt", "--train-tokens", "500"},
                               lab() / "notes");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, HasSubstr((folder_ / "later.txt").string()));
  EXPECT_THAT(run.output, HasSubstr("lab.toml keeps --model, --train, --train-tokens, --eval"));
  write("later.txt", demo_stories(20, 1));
  const CapturedRun again = prepare_again();
  ASSERT_EQ(again.exit_code, 0) << again.output;
  const Lab made = Lab::find(lab());
  EXPECT_EQ(made.config().train, folder_ / "later.txt");
  EXPECT_EQ(made.config().train_tokens, 500);
  EXPECT_EQ(LabManifest::read(made).model, folder_ / "model");
}

TEST_F(Prepare, FlagsThatCannotBeRightAreNotKept) {
  const std::string settings = read_file(lab() / "lab.toml");
  for (const auto& [flag, value] : {std::pair("--model", "no-name-of-a-model"),
                                    std::pair("--confirm", "htps://example.org/text"),
                                    std::pair("--train", "hf://datasets/file"),
                                    std::pair("--train-tokens", "-1"), std::pair("--train", "")}) {
    const CapturedRun run = prepare_again({"--eval", "../eval.txt", flag, value});
    EXPECT_EQ(run.exit_code, 2) << flag << " " << value;
    EXPECT_EQ(read_file(lab() / "lab.toml"), settings) << flag << " " << value;
  }
}

TEST_F(Prepare, WhenATextIsMissingTheDataStayAsTheyWere) {
  prepare();
  const std::string manifest = read_file(Lab::find(lab()).manifest());
  const CapturedRun run = prepare_again({"--train", "nowhere.txt"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, HasSubstr("nowhere.txt"));
  EXPECT_EQ(read_file(Lab::find(lab()).manifest()), manifest);
}

TEST_F(Prepare, ATokenizerOfAnotherModelIsRefused) {
  std::string config = read_file(folder_ / "model" / "config.json");
  const std::string size = "\"vocab_size\": 300";
  ASSERT_NE(config.find(size), std::string::npos) << config;
  write("model/config.json", config.replace(config.find(size), size.size(), "\"vocab_size\": 200"));
  EXPECT_THAT(prepare().output, HasSubstr("they belong to different models"));
  EXPECT_FALSE(fs::exists(Lab::find(lab()).manifest()));
}

TEST_F(Prepare, EvalKnowsModelsOfTheHubToo) {
  // As the hub's cache holds it, so that no network is needed.
  const fs::path cache = folder_ / "hf" / "hub" / "models--org--tiny";
  const std::string commit(40, 'a');
  fs::create_directories(cache / "refs");
  fs::create_directories(cache / "snapshots");
  write_file_atomically(cache / "refs" / "main", commit);
  fs::copy(folder_ / "model", cache / "snapshots" / commit, fs::copy_options::recursive);
  setenv("HF_HOME", (folder_ / "hf").c_str(), 1);
  setenv("HF_HUB_OFFLINE", "1", 1);
  const CapturedRun run = tern({"eval", "org/tiny", "--text", "eval.txt"}, folder_.path());
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(tern({"eval", "org/other", "--text", "eval.txt"}, folder_.path()).output,
              HasSubstr("HF_HUB_OFFLINE"));
  EXPECT_THAT(tern({"eval", "nowhere", "--text", "eval.txt"}, folder_.path()).output,
              HasSubstr("there is no model folder nowhere"));
  unsetenv("HF_HUB_OFFLINE");
  unsetenv("HF_HOME");
}

TEST_F(Prepare, AModelFolderThatIsNotThereIsNamed) {
  EXPECT_THAT(prepare_again({"--model", "./nowhere"}).output,
              HasSubstr("there is no model folder " + (lab() / "nowhere").string()));
}

}  // namespace
}  // namespace tern
