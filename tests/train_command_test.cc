// `tern train` as a person runs it in a prepared lab. Each test compiles the lab's train.cpp, which
// takes seconds, so there are few.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tern/contract/knob_description.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class TrainCommand : public RecipeLabTest {
 protected:
  CapturedRun tern_train(const FlagList& flags) const {
    const FlagList command = {TERN_PROGRAM,        "train", "--threads", "1", "--batch-size", "2",
                              "--sequence-length", "16",    "--group",   "32"};
    return capture_process(command + flags, false, lab_.root());
  }
  /// Edits a line of the lab's train.cpp.
  void edit_recipe(const std::string& before, const std::string& after) const {
    std::string text = read_file(lab_.lab().recipe());
    text.replace(text.find(before), before.size(), after);
    write_file_atomically(lab_.lab().recipe(), text);
  }
};

TEST_F(TrainCommand, TrainsScoresAndLeavesANumberedRun) {
  const CapturedRun ended = tern_train({"--steps", "4", "--eval-every", "2"});
  ASSERT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("full precision"), HasSubstr("without training"),
                                  HasSubstr("after training")));
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(lab_.run_folder("0001"))) {
    files.insert(entry.path().filename());
  }
  EXPECT_THAT(files, ElementsAre("description.json", "flags.json", "layers.tsv", "model",
                                 "results.tsv", "steps.tsv", "summary.json", "train.cpp"));
  const Rows rows = results();
  // The model without training is none of the run's rows, and the score of record is the last.
  ASSERT_EQ(rows.size(), 1u + 2 + 1);
  for (size_t i : {1, 2, 3}) {
    EXPECT_EQ(rows[i][0], std::to_string(std::min<size_t>(2 * i, 4)));
    EXPECT_EQ(rows[i][12], "train-0001");
  }

  const Json summary = Json::read(lab_.run_folder("0001") / "summary.json");
  EXPECT_EQ(summary.at("steps").as_int(), 4);
  const Json& score = summary.at("score");
  EXPECT_EQ(score.at("dataset").as_string(), "stories");
  EXPECT_EQ(score.at("kind").as_string(), "ternary");
  EXPECT_EQ(score.at("window").as_int(), tiny_config().max_position_embeddings);
  EXPECT_GT(score.at("tokens").as_int(), 0);
  EXPECT_EQ(score.at("dataset_sha256").as_string().size(), 64u);
  EXPECT_EQ(score.at("tokenizer_sha256").as_string(),
            LabManifest::read(lab_.lab()).tokenizer_sha256);
  const double ppl = score.at("ppl").as_double();
  EXPECT_NEAR(std::stod(rows[3][4]), ppl, 1e-5 * ppl);  // six digits are written
  EXPECT_NEAR(std::stod(rows[3][5]), score.at("bpb").as_double(), 1e-5);

  const CapturedRun again = tern_train({"--resume"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, HasSubstr("run 0001, the newest, has finished"));
  EXPECT_EQ(results(), rows);
}

TEST_F(TrainCommand, ScoresWhateverTheWarmUpIsAndWhateverBecomesOfTheRowsToCompare) {
  const CapturedRun ended =
      tern_train({"--steps", "4", "--lambda-warmup", "0.1", "--lambda-rate", "8",
                  "--lambda-schedule", "exponential", "--layers", "growing"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("after training"), Not(HasSubstr("no score"))));

  fs::remove_all(lab_.lab().cache() / "untrained");
  write_file_atomically(lab_.lab().cache() / "untrained", "in the way");
  const CapturedRun compared = tern_train({"--steps", "4"});
  EXPECT_EQ(compared.exit_code, 0) << compared.output;
  EXPECT_THAT(compared.output, AllOf(ContainsRegex("without training +no score: .*untrained"),
                                     ContainsRegex("after training +[0-9]")));
  EXPECT_TRUE(Json::read(lab_.run_folder("0002") / "summary.json").at("score").is_object());
}

TEST_F(TrainCommand, ARunWhoseRecipeDoesNotDescribeItselfIsScoredAllTheSame) {
  edit_recipe("int main(int argc, char** argv) {",
              "int main(int argc, char** argv) {\n"
              "  if (argc > 1 && std::string(argv[1]) == \"--describe\") return 3;\n ");
  const CapturedRun ended = tern_train({"--steps", "4"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_TRUE(Json::read(lab_.run_folder("0001") / "summary.json").at("score").is_object());
  EXPECT_FALSE(fs::exists(lab_.run_folder("0001") / "description.json"));
}

TEST_F(TrainCommand, BuildsRecipesFromAnInstallationToo) {
  const TemporaryFolder prefix;
  const CapturedRun installed =
      capture_process({"cmake", "--install", TERN_BUILD_DIR, "--prefix", prefix.path().string()});
  ASSERT_EQ(installed.exit_code, 0) << installed.output;
  const CapturedRun described = capture_process(
      {(prefix / "bin/tern").string(), "train", "--list-arms", "--json"}, false, lab_.root());
  ASSERT_EQ(described.exit_code, 0) << described.output;
  EXPECT_THAT(described.output, HasSubstr("\"lambda_schedule\""));
}

TEST_F(TrainCommand, LabTomlDecidesHowLongARunTrains) {
  write_file_atomically(lab_.root() / "lab.toml", "version = 1\n[budget]\nseconds = 0.25\n");
  edit_recipe("// overrides begin\n", "// overrides begin\n    run.steps = 20000;\n");
  const CapturedRun ended = tern_train({"--no-score"});
  ASSERT_EQ(ended.exit_code, 0) << ended.output;
  const double seconds = std::stod(summary("0001", "training_seconds"));
  EXPECT_GE(seconds, 0.25);
  EXPECT_LT(seconds, 100);  // the recipe's own default is 300
  EXPECT_NE(summary("0001", "steps"), "20000");

  ASSERT_EQ(tern_train({"--no-score", "--tokens", "96"}).exit_code, 0);
  EXPECT_EQ(summary("0002", "steps"), "3");
}

TEST_F(TrainCommand, AFinishedRunWithoutAScoreIsScoredByResume) {
  ASSERT_EQ(tern_train({"--steps", "2", "--no-score"}).exit_code, 0);
  const CapturedRun scored = tern_train({"--resume"});
  EXPECT_EQ(scored.exit_code, 0) << scored.output;
  EXPECT_THAT(scored.output, AllOf(HasSubstr("ternary, after training"), Not(HasSubstr("step 1"))));
  EXPECT_TRUE(Json::read(lab_.run_folder("0001") / "summary.json").find("score")->is_object());
}

TEST_F(TrainCommand, KeepsTheDescriptionOfItsKnobsWithTheRun) {
  ASSERT_EQ(tern_train({"--steps", "2", "--lr", "2e-3", "--no-score"}).exit_code, 0);
  const auto recipe =
      RecipeDescription::parse_untrusted(read_file(lab_.run_folder("0001") / "description.json"));
  EXPECT_EQ(recipe.find("lr")->value, "2e-3");
}

TEST_F(TrainCommand, ARecipeOfAnEarlierTernIsRefusedByASentenceThatSaysHowToGoOn) {
  write_file_atomically(lab_.lab().recipe(),
                        "struct Recipe {\n  float lr = 3e-4f;  // try: 1e-3\n};\n");
  const CapturedRun ended = tern_train({"--steps", "1"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("of an earlier Tern"), HasSubstr("tern new DIR"),
                                  HasSubstr("override lines")));
}

TEST_F(TrainCommand, ARecipeThatWasEditedReachesNothingButItsRun) {
  const fs::path outside = lab_.root() / "outside";
  edit_recipe("int main(int argc, char** argv) {",
              "int main(int argc, char** argv) {\n  if (std::FILE* f = std::fopen(\"" +
                  outside.string() + "\", \"w\")) std::fclose(f);\n");
  const FlagList short_run = {"--steps", "1", "--no-score"};
  const CapturedRun help = tern_train({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, AllOf(HasSubstr("--no-sandbox"), HasSubstr("--lambda-warmup"),
                                 Not(HasSubstr("--run-dir"))));
  EXPECT_FALSE(fs::exists(outside));
  EXPECT_EQ(tern_train(short_run).exit_code, 0);
  EXPECT_FALSE(fs::exists(outside));
  const CapturedRun open = tern_train(short_run + FlagList{"--no-sandbox"});
  EXPECT_EQ(open.exit_code, 0);
  EXPECT_THAT(open.output, HasSubstr("WITHOUT A SANDBOX"));
  EXPECT_TRUE(fs::exists(outside));
}

}  // namespace
}  // namespace tern
