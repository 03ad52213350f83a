// What a researcher or an agent writes into train.cpp: a formula, a schedule, a loss and another
// order of steps, a few lines each, in the file as it is shipped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/contract/knob_description.h"
#include "tern/runner/recipe_program.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// train.cpp with one text in the place of another.
std::string with(std::string source, const std::string& old_text, const std::string& new_text) {
  const size_t at = source.find(old_text);
  EXPECT_NE(at, std::string::npos) << "train.cpp has no longer: " << old_text;
  if (at != std::string::npos) source.replace(at, old_text.size(), new_text);
  return source;
}

constexpr const char* kQuantizer = R"(
float root_mean_square(const float* w, int64_t n) {
  double squares = 0;
  for (int64_t i = 0; i < n; ++i) squares += w[i] * w[i];
  return static_cast<float>(std::sqrt(squares / static_cast<double>(n)));
}
const Register<GroupScale> rms_scale(group_scales(), "rms", root_mean_square, "root mean square", "");
)";

constexpr const char* kSchedule = R"(
double square(double t, double) { return t * t; }
const Register<LambdaCurve> slow(lambda_schedules(), "square", square, "t squared", "");
)";

/// The recipe with a scale, a schedule, a loss with a knob of its own, and the reactivation of dead
/// weights before the update instead of behind it.
std::string edited_recipe() {
  std::string source = read_file(TERN_SOURCE_DIR "/lab/train.cpp");
  source =
      with(source, "\nstruct Recipe {", std::string(kQuantizer) + kSchedule + "\nstruct Recipe {");
  source = with(source, "  /// What this lab does otherwise",
                "  float pull = 0.0f;\n\n  /// What this lab does otherwise");
  source = with(source, "    TERN_KNOB_GROUPS(",
                "    knobs.add(TERN_KNOB(pull), {.meaning = \"of weights to zero\", .tries = \"0 "
                "1\"});\n    TERN_KNOB_GROUPS(");
  source = with(source, "  /// Multiplies what reached dead weights",
                "  Tensor energy() const { return mean(latent_ * latent_); }\n\n"
                "  /// Multiplies what reached dead weights");
  source = with(source, "    const Tensor part =", "    Tensor part =");
  source = with(source, "    loss += part.item();",
                "    if (r.pull > 0) {\n"
                "      for (BitLinear* layer : t.layers) part = part + layer->energy() * r.pull;\n"
                "    }\n"
                "    loss += part.item();");
  const std::string reactivation =
      "  if (r.dead.reactivate && now.step % r.dead.reactivate_every == 0) {\n"
      "    for (BitLinear* layer : t.layers) layer->reactivate_above(r.dead.reactivate_above);\n"
      "  }\n";
  source = with(source, reactivation, "");
  return with(source, "  t.optimizer->step(", reactivation + "  t.optimizer->step(");
}

class EditedRecipe : public RunTest {
 protected:
  static void SetUpTestSuite() {
    program_ = new TemporaryFolder;
    const fs::path source = program_->path() / "train.cpp";
    write_file_atomically(source, edited_recipe());
    const fs::path log = program_->path() / "build.log";
    const JobResult built = build_recipe(
        Toolchain::read(TERN_BUILD_DIR),
        {.source = source, .program = program_->path() / "train", .log = log, .watch = {}});
    ASSERT_EQ(built.exit_code, 0) << read_file(log);
  }
  static void TearDownTestSuite() { delete program_; }

  CapturedRun run(const std::string& name, const FlagList& flags) const {
    return capture_process(lab_.command(name, flags, program_->path() / "train"));
  }

  static TemporaryFolder* program_;
};
TemporaryFolder* EditedRecipe::program_ = nullptr;

TEST_F(EditedRecipe, ANewScaleAndANewScheduleAreValuesOfTheirKnobsAndTrain) {
  const CapturedRun ended = run("new", {"--scale", "rms", "--lambda-schedule", "square"});
  ASSERT_EQ(ended.exit_code, 0) << ended.output;
  train("old", {});
  EXPECT_NE(weights("new"), weights("old"));
  const auto recipe = RecipeDescription::parse_untrusted(run("new", {"--describe"}).output);
  EXPECT_THAT(recipe.find("scale")->tries, ::testing::Contains("rms"));
  EXPECT_THAT(recipe.find("lambda_schedule")->tries, ::testing::Contains("square"));
}

TEST_F(EditedRecipe, AnotherOrderOfStepsAloneChangesNothingWhileItIsNotUsed) {
  ASSERT_EQ(run("new", {}).exit_code, 0);
  train("old", {});
  EXPECT_EQ(weights("new"), weights("old"));
}

TEST_F(EditedRecipe, ALossOfItsOwnWithAKnobOfTwoLinesTrains) {
  const CapturedRun ended = run("new", {"--pull", "10"});
  ASSERT_EQ(ended.exit_code, 0) << ended.output;
  ASSERT_EQ(run("without", {}).exit_code, 0);
  EXPECT_NE(weights("new"), weights("without"));
  EXPECT_GT(std::stod(table("new", "steps.tsv").at(1).at(3)),
            std::stod(table("without", "steps.tsv").at(1).at(3)));
  const auto recipe = RecipeDescription::parse_untrusted(run("new", {"--describe"}).output);
  EXPECT_THAT(recipe.find("pull")->tries, ::testing::ElementsAre("0", "1"));
}

TEST_F(EditedRecipe, AnotherOrderOfStepsTrains) {
  const FlagList wakes = {"--reactivate", "--reactivate-above", "0.2", "--reactivate-every", "1"};
  const CapturedRun ended = run("new", wakes);
  ASSERT_EQ(ended.exit_code, 0) << ended.output;
  train("old", wakes);
  EXPECT_NE(weights("new"), weights("old"));
}

}  // namespace
}  // namespace tern
