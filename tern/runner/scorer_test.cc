#include "tern/runner/scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/json_form.h"
#include "tern/sandbox/process_tree.h"
#include "tern/sandbox/supervise.h"

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
    print(printed, exit_code);
  }
  /// Makes an evaluator that prints something else.
  void print(const std::string& printed, int exit_code = 0) const {
    write_file_atomically(
        path() / "evaluator",
        "#!/bin/sh\ncat <<'END'\n" + printed + "\nEND\nexit " + std::to_string(exit_code) + "\n");
    fs::permissions(path() / "evaluator", fs::perms::owner_all);
  }

  fs::path path() const { return folder_.path(); }
  fs::path model() const { return path() / "model"; }
  Scorer scorer(const fs::path& cache = {}) const {
    return Scorer({.evaluator = path() / "evaluator",
                   .base = path() / "base",
                   .sandbox = available_sandbox(),
                   .max_bits = 3,
                   .cache = cache});
  }
  ScoreOfRecord score(const fs::path& cache = {}) const {
    return scorer(cache).score(model(), path() / "tokens", path() / "log", {});
  }

 private:
  TemporaryFolder folder_;
};

std::string printed(const std::string& kind, double bits, double ppl) {
  EvalAnswer answer;
  answer.kind = kind;
  answer.bits_per_weight = bits;
  answer.eval_ppl = ppl;
  return answer.to_text();
}

TEST(Scorer, TakesThePerplexityFromTheEvaluator) {
  const ScoreOfRecord score = Scored(printed("ternary", 2.25, 12.5)).score();
  ASSERT_TRUE(score.answer);
  EXPECT_EQ(score.answer->eval_ppl, 12.5);
  EXPECT_EQ(score.refusal, "");
}

TEST(Scorer, AnEvaluatorIsFoundByThePathOfItsLog) {
  const Scored scored("");
  const std::string log = (scored.path() / "log").string();
  write_file_atomically(scored.path() / "evaluator", "#!/bin/sh\nexec sleep 100\n");
  fs::permissions(scored.path() / "evaluator", fs::perms::owner_all);
  bool found = false;
  const ScoreOfRecord score = scored.scorer().score(
      scored.model(), scored.path() / "tokens", log, [&](double seconds) -> std::string {
        found = found || !marked_processes(kJobMark, scored.path().string()).empty();
        return found || seconds > 20 ? "enough" : "";
      });
  EXPECT_TRUE(found);
  EXPECT_EQ(score.refusal, "enough");
}

TEST(Scorer, GivesNoneToAModelThatIsNotTernary) {
  const ScoreOfRecord score = Scored(printed("full precision", 32, 12.5)).score();
  EXPECT_FALSE(score.answer);
  EXPECT_THAT(score.refusal, HasSubstr("not ternary"));
}

TEST(Scorer, GivesNoneToAScaleForEveryWeight) {
  EXPECT_THAT(Scored(printed("ternary", 18, 12.5)).score().refusal, HasSubstr("bits per weight"));
}

TEST(Scorer, GivesNoneWhereDenseBlocksRaiseTheAverageAboveTheLimit) {
  // 30 blocks at 2.25 bits, of which two are dense: (28 * 2.25 + 2 * 16) / 30.
  EXPECT_THAT(Scored(printed("ternary", 3.167, 12.5)).score().refusal,
              HasSubstr("3.17 bits per weight, scales and dense blocks included"));
}

TEST(Scorer, GivesNoneToAPerplexityThatIsNone) {
  EXPECT_FALSE(Scored(printed("ternary", 2.25, std::nan(""))).score().answer);
  EXPECT_FALSE(Scored(printed("ternary", 2.25, 0.5)).score().answer);
}

TEST(Scorer, SaysWhatAnEvaluatorSaidThatFailed) {
  EXPECT_THAT(Scored("the file is torn", 1).score().refusal, HasSubstr("the file is torn"));
}

TEST(Scorer, RefusesLinksInTheModelsFolder) {
  const Scored scored(printed("ternary", 2.25, 12.5));
  fs::create_symlink(scored.path() / "tokens", scored.model() / "model.safetensors");
  EXPECT_FALSE(scored.score().answer);
  fs::remove(scored.model() / "model.safetensors");
  fs::create_hard_link(scored.path() / "tokens", scored.model() / "model.safetensors");
  EXPECT_FALSE(scored.score().answer);
}

TEST(Scorer, TellsTheEvaluatorWhichModelItHasToBeLike) {
  const Scored scored("");
  write_file_atomically(scored.path() / "evaluator", "#!/bin/sh\necho \"$@\"; exit 1\n");
  fs::permissions(scored.path() / "evaluator", fs::perms::owner_all);
  EXPECT_THAT(scored.score().refusal, HasSubstr("--like " + (scored.path() / "base").string()));
}

TEST(Scorer, ScoresTheFullPrecisionModelForReference) {
  const Scored scored(printed("full precision", 32, 9.5));
  const ScoreOfRecord score =
      scored.scorer().reference(scored.path() / "tokens", scored.path() / "log", {});
  ASSERT_TRUE(score.answer);
  EXPECT_EQ(score.answer->eval_ppl, 9.5);
}

TEST(Scorer, SaysWhichFigureAnAnswerLacks) {
  EXPECT_THAT(Scored(R"({"version": 1, "kind": "ternary", "eval_ppl": 3})").score().refusal,
              HasSubstr("\"model\" is missing"));
}

TEST(Scorer, KeepsAScoreUntilModelTextEvaluatorOrBaseChange) {
  const Scored scored(printed("ternary", 2.25, 12.5));
  const fs::path cache = scored.path() / "cache";
  scored.score(cache);
  // Another evaluator would say something else, so what the first one said is none of its scores.
  scored.print(printed("ternary", 2.25, 11.5));
  EXPECT_EQ(scored.score(cache).answer->eval_ppl, 11.5);
  scored.print(printed("ternary", 2.25, 12.5));
  fs::remove(scored.path() / "log");
  EXPECT_EQ(scored.score(cache).answer->eval_ppl, 12.5);
  EXPECT_FALSE(fs::exists(scored.path() / "log"));  // it was not asked again
  write_file_atomically(scored.path() / "base/config.json", R"({"hidden_size": 64})");
  scored.score(cache);
  EXPECT_TRUE(fs::exists(scored.path() / "log")) << "the model is no longer like the lab's";
  fs::remove(scored.path() / "log");
  write_file_atomically(scored.model() / "model.safetensors", "other weights");
  scored.score(cache);
  EXPECT_TRUE(fs::exists(scored.path() / "log"));
}

}  // namespace
}  // namespace tern
