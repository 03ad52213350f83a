// `tern research` with the recipe as it is shipped, in a lab with a tiny model: what the recipe's
// process, the evaluator and the loop say to each other, for real.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/contract/experiment_row.h"
#include "tern/contract/knob_description.h"
#include "tern/contract/results_row.h"
#include "tern/contract/table_test_util.h"
#include "tern/recipe/overrides.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

class ResearchCommand : public RunTest {
 protected:
  ResearchCommand() {
    unsetenv("TERN_HOME");
    write_file_atomically(root() / "lab.toml",
                          "version = 1\n[budget]\nseconds = 60\ntokens = 320\n"
                          "[research]\nseeds = 2\nprune = 0\n");
    write_file_atomically(root() / ".gitignore", read_file(TERN_SOURCE_DIR "/lab/lab.gitignore"));
    write_file_atomically(root() / "program.md", "# Research program\n");
    write_file_atomically(lab_.lab().recipe(),
                          with_overrides(read_file(TERN_SOURCE_DIR "/lab/train.cpp"),
                                         "run.batch_size = 2;\nrun.sequence_length = 16;\n"
                                         "run.eval_every = 5;\nweights.group = \"32\";\n"
                                         "compute.dtype = \"f32\";\n"));
    for (const FlagList& words :
         {FlagList{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", "start"}}) {
      const CapturedRun git = capture_process(
          FlagList{"git", "-C", root(), "-c", "user.name=a", "-c", "user.email=a@b"} + words);
      EXPECT_EQ(git.exit_code, 0) << git.output;
    }
  }
  const fs::path& root() const { return lab_.root(); }
  CapturedRun tern(const FlagList& words) const {
    return capture_process(FlagList{TERN_PROGRAM} + words, false, root());
  }
};

TEST_F(ResearchCommand, MakesABaselineAndTwoChangesOfTheShippedRecipe) {
  const CapturedRun ended = tern({"research", "--experiments", "3"});
  ASSERT_EQ(ended.exit_code, 0) << ended.output;

  const auto rows = read_table<ExperimentRow>(lab_.lab().experiments_table());
  ASSERT_EQ(rows.size(), 3u) << ended.output;
  EXPECT_EQ(rows[0].status, "baseline");
  for (const ExperimentRow& row : rows) {
    EXPECT_THAT(row.status, ::testing::AnyOf("baseline", "keep", "discard")) << row.reason;
    EXPECT_GT(row.val_ppl.value_or(0), 1) << row.reason;
    EXPECT_GT(row.steps.value_or(0), 0);
  }
  EXPECT_THAT(rows[1].description, ::testing::HasSubstr(" -> "));

  for (const ResultsRow& row : read_table<ResultsRow>(lab_.lab().results())) {
    EXPECT_GT(row.eval_ppl, 1);
    EXPECT_GT(row.eval_tokens.value_or(0), 0);
  }
  for (int64_t experiment = 1; experiment <= 3; ++experiment) {
    const auto recipe = RecipeDescription::parse_untrusted(
        read_file(lab_.lab().experiment(experiment) / "description.json"));
    EXPECT_EQ(recipe.find("group")->standard, "64");
    EXPECT_EQ(recipe.find("dtype")->value, "f32") << "the lab's own, which no search turns";
  }
  const Json best = Json::parse(tern({"best", "--json"}).output, "tern best");
  EXPECT_TRUE(best.is_object());
}

}  // namespace
}  // namespace tern
