// `tern ablate`, `tern train --recipe` and `--list-arms` as processes. Each test that trains
// compiles the lab's train.cpp, which takes seconds, so there are few.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ArmCommands : public RecipeLabTest {
 protected:
  ArmCommands() {
    fs::create_directories(lab_.lab().confirm_set().parent_path());
    fs::copy_file(lab_.lab().eval_set(), lab_.lab().confirm_set());
  }
  CapturedRun tern(const FlagList& words) const {
    return capture_process(FlagList{TERN_PROGRAM} + words, false, lab_.root());
  }
};

/// The results of an ablation and when they were written.
std::map<fs::path, fs::file_time_type> results_in(const fs::path& folder) {
  std::map<fs::path, fs::file_time_type> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") found[entry.path()] = entry.last_write_time();
  }
  return found;
}

constexpr const char* kArms = R"(
[baseline]
batch_size = 2
sequence_length = 16
group = "32"
eval_every = 2
threshold = 0.6

[[arm]]
section = "Scale"
name = "level"
flags = ["--level", "least-squares"]

[[arm]]
section = "Scale"
name = "learned"
flags = ["--quantizer", "lsq"]

[[arm]]
section = "Scale"
name = "nonsense"
flags = ["--zeros", "0.4", "--pattern", "3:4"]
)";

TEST_F(ArmCommands, AnAblationComparesEachArmWithTheSameBaselineAndKeepsWhatIsDone) {
  write_file_atomically(lab_.root() / "arms.toml", kArms);
  const FlagList ablate = {"ablate", "--arms",    "arms.toml", "--tokens",     "128",   "--seeds",
                           "2",      "--threads", "1",         "--no-recipes", "--json"};
  const CapturedRun first = tern(ablate);
  ASSERT_EQ(first.exit_code, 0) << first.output;
  const size_t begin = first.output.find("[\n");
  const Json rows = Json::parse(first.output.substr(begin), "ablate");
  std::vector<std::string> names;
  for (const Json& row : rows.items()) names.push_back(row.at("arm").as_string());
  EXPECT_THAT(names, ElementsAre("baseline", "level", "learned", "nonsense"));
  EXPECT_EQ(rows.items()[0].at("search_change").as_double(), 0);
  EXPECT_NE(rows.items()[1].at("search_change").as_double(), 0);
  EXPECT_GT(rows.items()[1].at("flip_rate").as_double(), 0);
  // The baseline's threshold, which lsq does not read, does not stand in its way.
  EXPECT_NE(rows.items()[2].at("search_change").as_double(), 0);
  EXPECT_THAT(rows.items()[3].at("refused").as_string(), HasSubstr("--pattern"));

  const auto kept = results_in(lab_.root() / ".tern" / "ablation");
  EXPECT_EQ(kept.size(), 6u);
  const CapturedRun again = tern(ablate);
  EXPECT_EQ(results_in(lab_.root() / ".tern" / "ablation"), kept);
  EXPECT_EQ(again.output.substr(again.output.find("[\n")), first.output.substr(begin));
}

constexpr const char* kBrokenBaseline = R"(
[baseline]
batch_size = 2
sequence_length = 16
zeros = 0.4
pattern = "3:4"

[[arm]]
section = "Scale"
name = "whole"
flags = ["--pattern", "none"]
)";

TEST_F(ArmCommands, ABaselineThatDoesNotRunEndsAnAblationBeforeItsArmsTrain) {
  write_file_atomically(lab_.root() / "arms.toml", kBrokenBaseline);
  const CapturedRun broken = tern({"ablate", "--arms", "arms.toml", "--tokens", "128", "--seeds",
                                   "1", "--threads", "1", "--no-recipes"});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.output, AllOf(HasSubstr("the baseline does not run"), HasSubstr("--pattern")));
  EXPECT_THAT(results_in(lab_.root() / ".tern" / "ablation"), IsEmpty());
}

TEST_F(ArmCommands, APublishedRecipeSetsItsFieldsAndOwnFlagsGoBefore) {
  const FlagList small = {"--threads", "1", "--batch-size", "2", "--sequence-length", "16",
                          "--steps",   "2", "--no-score"};
  const CapturedRun run =
      tern(FlagList{"train", "--recipe", "hf-warmup", "--activation-bits", "4"} + small);
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const Json config = Json::read(model("0001") / "config.json").at("quantization_config");
  EXPECT_EQ(config.at("group").as_string(), "tensor");
  EXPECT_EQ(config.at("activation_bits").as_int(), 4);

  const CapturedRun unknown = tern({"train", "--recipe", "tequilla"});
  EXPECT_EQ(unknown.exit_code, kUsage);
  EXPECT_THAT(unknown.output, HasSubstr("did you mean tequila?"));
}

TEST_F(ArmCommands, ArmsAreListedWithDefaultValuesToTryMeaningAndSource) {
  const CapturedRun run = tern({"train", "--list-arms"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.output,
              AllOf(HasSubstr("--threshold 0.5   try: 0.3 0.4 0.5 0.6 0.7\n"),
                    HasSubstr("lloyd-max"), HasSubstr("arXiv 2509.23809"), HasSubstr("paretoq")));

  const CapturedRun refused = tern({"train", "--list-arms", "--lr", "abc"});
  EXPECT_EQ(refused.exit_code, kUsage);
  EXPECT_THAT(refused.output, HasSubstr("--lr: expected a number, found \"abc\""));
}

}  // namespace
}  // namespace tern
