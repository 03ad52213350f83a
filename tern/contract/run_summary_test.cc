#include "tern/contract/run_summary.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/error_message_test_util.h"
#include "tern/base/json.h"
#include "tern/contract/json_form.h"

namespace tern {
namespace {

TEST(RunSummary, HoldsRealNumbersAndIsReadBackAsItWas) {
  RunSummary summary;
  summary.steps = 80;
  summary.train_loss = 2.5;
  summary.score.emplace().eval_ppl = 9.5;
  const std::string text = summary.to_text();
  const Json json = Json::parse(text, "summary.json");
  EXPECT_EQ(json.at("steps").as_int(), 80);
  EXPECT_EQ(json.at("train_loss").as_double(), 2.5);
  EXPECT_TRUE(json.at("best_ppl").is_null());
  EXPECT_EQ(RunSummary::parse_untrusted(text).to_text(), text);
  EXPECT_EQ(RunSummary::parse_untrusted(text).score->eval_ppl, 9.5);
}

TEST(RunSummary, OfAProgramThatLiesKeepsWhatIsANumber) {
  const RunSummary summary = RunSummary::parse_untrusted(
      R"({"version": 2, "steps": 8, "tokens": 9e99, "train_loss": "many", "score": {"eval_ppl": 1}})");
  EXPECT_EQ(summary.steps, 8);
  EXPECT_FALSE(summary.tokens);
  EXPECT_FALSE(summary.train_loss);
  EXPECT_FALSE(summary.score);
}

TEST(RunSummary, OfWhatIsNoJsonIsEmpty) {
  for (const char* text : {"", "[1, 2]", "nonsense", "{\"steps\": 8"}) {
    EXPECT_FALSE(RunSummary::parse_untrusted(text).steps) << text;
  }
}

TEST(RunSummary, OfAnotherVersionIsEmpty) {
  EXPECT_FALSE(RunSummary::parse_untrusted(R"({"version": 1, "steps": 8})").steps);
  EXPECT_FALSE(RunSummary::parse_untrusted(R"({"steps": 8})").steps);
}

TEST(EvalAnswer, IsReadOutOfWhatElseWasPrinted) {
  EvalAnswer answer;
  answer.eval_ppl = 9.5;
  EXPECT_EQ(EvalAnswer::parse("a warning\n" + answer.to_text() + "\n").eval_ppl, 9.5);
  EXPECT_EQ(error_message([] { EvalAnswer::parse("nothing"); }), "`tern eval` printed no JSON");
}

TEST(EvalAnswer, OfAnotherVersionIsRefused) {
  EvalAnswer answer;
  answer.version = EvalAnswer::kVersion + 1;
  EXPECT_EQ(error_message([&] { EvalAnswer::parse(answer.to_text()); }),
            "it is of version 2, expected 1");
}

TEST(JsonForm, RefusesANumberThatAFieldCannotHold) {
  int narrow = 0;
  uint64_t count = 0;
  EXPECT_THROW(read_json(Json(int64_t{1} << 31), narrow), Error);
  EXPECT_THROW(read_json(Json(int64_t{-1}), count), Error);
}

TEST(EvalAnswer, CarriesAPerplexityThatIsNoNumberAcross) {
  EvalAnswer answer;
  answer.eval_ppl = std::nan("");
  const Json json = Json::parse(json_of(answer).dump(), "answer");
  EXPECT_TRUE(json.at("eval_ppl").is_null());
  EXPECT_TRUE(std::isnan(from_json<EvalAnswer>(json).eval_ppl));
}

}  // namespace
}  // namespace tern
