#include "loop/record/events.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tern/base/error.h"

namespace tern::loop {
namespace {

Json parsed(const char* text) { return Json::parse(text, "test"); }

/// What is read of an event that was written.
template <class Kind>
Kind again(const Kind& event) {
  return std::get<Kind>(event_from(Json::parse(to_json(event).dump(), "test")));
}

std::string error_of(const char* text) {
  try {
    event_from(parsed(text));
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Events, ALineSaysItsKindAndItsFieldsByName) {
  EXPECT_EQ(to_json(event::RunBegun{.experiment = 3, .run = 2, .comparison = 3, .seed = 7}).dump(),
            R"({"event":"run","experiment":3,"run":2,"comparison":3,"seed":7})");
  EXPECT_EQ(
      to_json(event::Ended{.experiment = 3, .status = Status::kKeep, .reason = "better"}).dump(),
      R"({"event":"ended","experiment":3,"status":"keep","reason":"better","gain":null,)"
      R"("sigma":null,"pairs":null,"ppl":null,"base_ppl":null})");
}

TEST(Events, EveryKindIsReadAsItWasWritten) {
  EXPECT_EQ(again(event::Session{.tag = "nov", .commit = "c"}).tag, "nov");
  EXPECT_EQ(again(event::Reference{.ppl = 17.25}).ppl, 17.25);
  EXPECT_EQ(again(event::Confirmed{.experiment = 1, .run = 2, .confirm_ppl = 7.5}).run, 2);
  EXPECT_EQ(again(event::Ended{.experiment = 4, .status = Status::kTimeout, .reason = ""}).status,
            Status::kTimeout);
  EXPECT_EQ(again(event::Again{.experiment = 5}).experiment, 5);
  EXPECT_EQ(again(event::Drift{.reason = "slower"}).reason, "slower");
  event::Planned plan;
  plan.experiment = 6;
  plan.code_lines = 12;
  plan.knobs = Json::Object{{"lr", "2"}};
  const event::Planned planned = again(plan);
  EXPECT_EQ(planned.code_lines, 12);
  EXPECT_EQ(planned.knobs.at("lr").as_string(), "2");
  EXPECT_TRUE(planned.usage.is_null());
}

TEST(Events, TextsAreWrittenAndReadAsWhatTheyLookLike) {
  const std::string wild = "a\033]52;c;QQ==\007\n\u202eb\u009b\xff";
  const std::string tame = "a]52;c;QQ== b\ufffd";
  EXPECT_EQ(to_json(event::Drift{.reason = wild}).at("reason").as_string(), tame);
  event::Planned plan;
  plan.experiment = 1;
  plan.knobs = Json::Object{{"l\u202er", wild}};
  EXPECT_EQ(to_json(plan).at("knobs").dump(), Json(Json::Object{{"lr", tame}}).dump());
  const Json older = Json::Object{{"event", "drift"}, {"reason", wild}};
  EXPECT_EQ(std::get<event::Drift>(event_from(older)).reason, tame) << "as an older Tern wrote it";
}

TEST(Events, NoPieceOfAKeyIsWrittenOrRead) {
  ::setenv("TERN_TEST_API_KEY", "sk-0123456789abcdef", 1);
  const std::string said = "the key sk-0123****9abcdef is wrong, and so is 456789ab";
  const std::string kept = "the key sk-0123****9abcdef is wrong, and so is (key)";
  EXPECT_EQ(to_json(event::Drift{.reason = said}).at("reason").as_string(), kept);
  const Json older = Json::Object{{"event", "drift"}, {"reason", said}};
  EXPECT_EQ(std::get<event::Drift>(event_from(older)).reason, kept);
  ::unsetenv("TERN_TEST_API_KEY");
}

TEST(Events, ARunThatEndedHasItsFiguresAndEvaluations) {
  event::Ran ran{.experiment = 1, .run = 2, .result = {}, .evaluations = {}};
  ran.result.outcome = Outcome::kScored;
  ran.result.val_ppl = 8.125;
  ran.result.tokens = 4096;
  ran.evaluations.rows = {{.step = 50, .eval_ppl = 8.5, .eval_tokens = 99},
                          {.step = 60, .eval_ppl = std::nan("")}};
  const event::Ran read = again(ran);
  EXPECT_EQ(read.run, 2);
  EXPECT_EQ(read.result.outcome, Outcome::kScored);
  EXPECT_EQ(read.result.val_ppl, 8.125);
  EXPECT_EQ(read.result.val_bpb, std::nullopt);
  EXPECT_EQ(read.result.tokens, 4096);
  ASSERT_EQ(read.evaluations.rows.size(), 2u);
  EXPECT_EQ(read.evaluations.rows[0].eval_ppl, 8.5);
  EXPECT_EQ(read.evaluations.rows[0].eval_tokens, 99);
  EXPECT_TRUE(std::isnan(read.evaluations.rows[1].eval_ppl));
}

/// Lines of a ledger as the Tern before wrote them.
TEST(Events, OfAnOlderTernAreRead) {
  const auto session = std::get<event::Session>(event_from(parsed(
      R"({"event":"session","tag":"nov","commit":"c","conditions":"x","time":1763800000})")));
  EXPECT_EQ(session.commit, "c");
  EXPECT_EQ(session.version, std::nullopt);
  const auto interrupted = std::get<event::Ran>(event_from(parsed(
      R"({"event":"ran","experiment":1,"run":1,"outcome":"interrupted","reason":"went down"})")));
  EXPECT_EQ(interrupted.result.outcome, Outcome::kInterrupted);
  const auto crashed = std::get<event::Ran>(event_from(
      parsed(R"({"event":"ran","experiment":1,"run":1,"outcome":"crash","evaluations":null})")));
  EXPECT_TRUE(crashed.evaluations.rows.empty());
  const auto scored = std::get<event::Ran>(event_from(parsed(
      R"({"event":"ran","experiment":1,"run":1,"outcome":"scored","evaluations":[
          {"step":"50","lambda":"1","train_loss":"","train_ppl":"","eval_ppl":"8.125",
           "eval_bpb":"1.25","lr":"0.001","time_s":"12.340","best_ppl":"","q_neg1":"0.3000",
           "q_zero":"0.4000","q_pos1":"0.3000"},
          {"step":"fifty"}]})")));
  ASSERT_EQ(scored.evaluations.rows.size(), 1u);
  EXPECT_EQ(scored.evaluations.rows[0].time_s, 12.34);
}

TEST(Events, WhatIsWrongIsSaid) {
  EXPECT_EQ(error_of(R"({"event":"again"})"), "\"experiment\" is missing");
  EXPECT_NE(error_of(R"({"event":"ended","experiment":1,"status":"lost"})").find("\"lost\""),
            std::string::npos);
  EXPECT_NE(error_of(R"({"event":"party"})").find("update Tern"), std::string::npos);
}

}  // namespace
}  // namespace tern::loop
