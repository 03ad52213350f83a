// `tern bench train` with a recipe, as a process. Times are not judged: the machine may be busy.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "tern/base/temporary_folder.h"
#include "tests/run_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class BenchTrain : public ::testing::Test {
 protected:
  BenchTrain() {
    unsetenv("TERN_HOME");
    setenv("XDG_CACHE_HOME", cache_.path().c_str(), 1);
  }
  CapturedRun bench(const FlagList& flags, bool show_errors = false) const {
    const FlagList small = {
        "bench",     "train", "--shape",  "demo", "--batch-size", "4", "--sequence-length", "64",
        "--threads", "1",     "--warmup", "1",    "--steps",      "1"};
    return capture_process(FlagList{TERN_PROGRAM} + small + flags, show_errors);
  }
  Json report(const FlagList& flags) const {
    const CapturedRun run = bench(flags + FlagList{"--json"}, /*show_errors=*/true);
    EXPECT_EQ(run.exit_code, 0);
    return Json::parse(run.output, "tern bench train");
  }
  std::string refusal(const FlagList& flags) const {
    const CapturedRun run = bench(flags);
    EXPECT_TRUE(run.exit_code == kUsage || run.exit_code == kFailure);
    return run.output;
  }
  int64_t programs() const {
    return std::distance(fs::directory_iterator(cache_ / "tern/bench"), fs::directory_iterator());
  }

  TemporaryFolder cache_;
};

TEST_F(BenchTrain, MeasuresARecipeBesideABaselineWithAProgramThatIsBuiltOnce) {
  const Json json =
      report({"--repeats", "1", "--recipe", "hf-warmup", "--arms", "--group 128 --optimizer muon"});
  for (const char* side : {"baseline", "recipe"}) {
    EXPECT_GT(json.at(side).at("step_seconds").as_double(), 0);
    EXPECT_GT(json.at(side).at("peak_memory_gb").as_double(), 0);
  }
  const double ratio = json.at("recipe").at("step_seconds").as_double() /
                       json.at("baseline").at("step_seconds").as_double();
  EXPECT_NEAR(json.at("ratio").as_double(), ratio, 1e-9);
  EXPECT_LE(json.at("lowest_ratio").as_double(), json.at("highest_ratio").as_double());
  EXPECT_THAT(json.at("baseline").at("flags").as_string(), EndsWith("--lambda-schedule none"));
  EXPECT_THAT(json.at("recipe").at("flags").as_string(),
              AllOf(HasSubstr("--lambda-schedule none --activation-bits 8"),
                    EndsWith("--group 128 --optimizer muon")));
  EXPECT_EQ(programs(), 1);

  const CapturedRun printed = bench({"--repeats", "1", "--arms", "--level least-squares",
                                     "--against", "--recipe tequila --level scale"});
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_THAT(printed.output, AllOf(HasSubstr("\nbaseline "), HasSubstr("\nrecipe "),
                                    HasSubstr("\nratio "), HasSubstr("--dead-bias tequila")));
  EXPECT_EQ(programs(), 1);
}

/// As Llama-3.2-1B's shape is trained in the memory of a small machine.
TEST_F(BenchTrain, SaysWhatTrainingTakesAndWhatArmsSaveBeforeItMeasures) {
  const FlagList saving = {"--recompute", "--optimizer-state", "bf16", "--accumulation", "2"};
  const CapturedRun run = bench(saving, /*show_errors=*/false);
  EXPECT_EQ(run.exit_code, 0);
  const std::string first = run.output.substr(0, run.output.find('\n'));
  EXPECT_THAT(first,
              AllOf(HasSubstr("training takes about"), HasSubstr("(f32: "), HasSubstr("(kept: ")));
  EXPECT_THAT(run.output, HasSubstr("\npeak memory"));

  const Json json = report(saving);
  EXPECT_NEAR(json.at("tokens_per_s").as_double() * json.at("step_seconds").as_double(), 2 * 4 * 64,
              1e-6);
}

TEST_F(BenchTrain, ARecipeThatDistilsAsksALiveTeacherOrReadsItsCache) {
  const FlagList ternaryllm = {"--repeats", "1", "--recipe", "ternaryllm", "--undistilled"};
  const Json live = report(ternaryllm);
  EXPECT_THAT(live.at("baseline").at("flags").as_string(),
              AllOf(HasSubstr("--quantizer shift"), Not(HasSubstr("--distill"))));
  EXPECT_THAT(live.at("teacher").as_string(), HasSubstr("runs beside the student"));
  EXPECT_GT(live.at("teacher_seconds").as_double(), 0);

  // Two steps of four windows.
  const Json cached = report(ternaryllm + FlagList{"--cached"});
  EXPECT_THAT(cached.at("teacher").as_string(), HasSubstr("answers for 8 windows are read from"));
  EXPECT_TRUE(cached.at("teacher_seconds").is_null());
}

TEST_F(BenchTrain, RefusesWhatItCannotMeasure) {
  EXPECT_THAT(refusal({"--recipe", "tequilla"}), HasSubstr("did you mean tequila?"));
  EXPECT_THAT(refusal({"--recipe", "xyz"}),
              AllOf(HasSubstr("choose one of bitdistill, bitnet"), HasSubstr("ternaryllm")));
  EXPECT_THAT(refusal({"--recipe", "tequila", "--cached"}),
              HasSubstr("go with a recipe that distils"));
  EXPECT_THAT(refusal({"--cached"}), HasSubstr("--recipe or --arms"));
}

}  // namespace
}  // namespace tern
