#include "loop/bench/scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

/// A model beside its base, and an evaluator that prints what the test says.
class Scored {
 public:
  explicit Scored(const std::string& printed, int exit_code = 0) {
    fs::create_directories(model());
    fs::create_directories(path() / "base");
    for (const char* name : {"model", "base"}) {
      write_file_atomically(path() / name / "config.json", R"({"hidden_size": 32})");
    }
    write_file_atomically(path() / "tokens", "tokens");
    write_file_atomically(
        path() / "evaluator",
        "#!/bin/sh\ncat <<'END'\n" + printed + "\nEND\nexit " + std::to_string(exit_code) + "\n");
    fs::permissions(path() / "evaluator", fs::perms::owner_all);
  }

  fs::path path() const { return folder_.path(); }
  fs::path model() const { return path() / "model"; }
  ScoreOfRecord score() const {
    return Scorer(path() / "evaluator", path() / "base", /*max_bits=*/3, available_sandbox())
        .score(model(), path() / "tokens", path() / "log", {});
  }

 private:
  TemporaryFolder folder_;
};

std::string printed(const std::string& kind, double bits, const std::string& ppl) {
  return R"({"kind": ")" + kind + R"(", "bits_per_weight": )" + std::to_string(bits) +
         R"(, "eval_bpb": 0.5, "eval_ppl": )" + ppl + "}";
}

TEST(Scorer, TakesThePerplexityFromTheEvaluator) {
  const ScoreOfRecord score = Scored(printed("ternary", 2.25, "12.5")).score();
  EXPECT_EQ(score.ppl, 12.5);
  EXPECT_EQ(score.refusal, "");
}

TEST(Scorer, GivesNoneToAModelThatIsNotTernary) {
  const ScoreOfRecord score = Scored(printed("full precision", 32, "12.5")).score();
  EXPECT_FALSE(score.ppl);
  EXPECT_THAT(score.refusal, HasSubstr("not ternary"));
}

TEST(Scorer, GivesNoneToAScaleForEveryWeight) {
  EXPECT_THAT(Scored(printed("ternary", 18, "12.5")).score().refusal, HasSubstr("bits per weight"));
}

TEST(Scorer, GivesNoneWhereDenseBlocksRaiseTheAverageAboveTheLimit) {
  // 30 blocks at 2.25 bits, of which two are dense: (28 * 2.25 + 2 * 16) / 30.
  EXPECT_THAT(Scored(printed("ternary", 3.167, "12.5")).score().refusal,
              HasSubstr("3.17 bits per weight, scales and dense blocks included"));
}

TEST(Scorer, GivesNoneToAPerplexityThatIsNone) {
  EXPECT_FALSE(Scored(printed("ternary", 2.25, "null")).score().ppl);
  EXPECT_FALSE(Scored(printed("ternary", 2.25, "0.5")).score().ppl);
}

TEST(Scorer, SaysWhatAnEvaluatorSaidThatFailed) {
  EXPECT_THAT(Scored("the file is torn", 1).score().refusal, HasSubstr("the file is torn"));
}

TEST(Scorer, RefusesLinksInTheModelsFolder) {
  const Scored scored(printed("ternary", 2.25, "12.5"));
  fs::create_symlink(scored.path() / "tokens", scored.model() / "model.safetensors");
  EXPECT_FALSE(scored.score().ppl);
  fs::remove(scored.model() / "model.safetensors");
  fs::create_hard_link(scored.path() / "tokens", scored.model() / "model.safetensors");
  EXPECT_FALSE(scored.score().ppl);
}

TEST(Scorer, RefusesAnotherArchitecture) {
  const Scored scored(printed("ternary", 2.25, "12.5"));
  write_file_atomically(scored.model() / "config.json", R"({"hidden_size": 64})");
  EXPECT_THAT(scored.score().refusal, HasSubstr("hidden_size = 64"));
}

TEST(Scorer, ScoresTheFullPrecisionModelForReference) {
  const Scored scored(printed("full precision", 32, "9.5"));
  const Scorer scorer(scored.path() / "evaluator", scored.path() / "base", 3, available_sandbox());
  EXPECT_EQ(scorer.reference(scored.path() / "tokens", scored.path() / "log", {}).ppl, 9.5);
}

}  // namespace
}  // namespace tern
