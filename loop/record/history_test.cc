#include "loop/record/history.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern::loop {
namespace {

Json planned(int number, const std::string& program = "p", const std::string& commit = "c") {
  return Json::Object{{"event", "planned"},
                      {"experiment", number},
                      {"proposer", "builtin"},
                      {"family", "tpe"},
                      {"description", "lr: 1 -> 2"},
                      {"expectation", "less loss"},
                      {"commit", commit},
                      {"base", number - 1},
                      {"program", program},
                      {"code_lines", 700},
                      {"knobs", Json::Object{{"lr", "2"}, {"group", "64"}}},
                      {"intended", Json::Object{{"lr", "2"}}}};
}

Json described(int experiment, const char* recipe, const char* refusal = "") {
  return Json::Object{{"event", "described"},
                      {"experiment", experiment},
                      {"knobs", Json::Object{{"lr", "2e-3"}}},
                      {"recipe", recipe},
                      {"refusal", refusal}};
}

Json run(int experiment, int number, int seed = 1) {
  return Json::Object{{"event", "run"},
                      {"experiment", experiment},
                      {"run", number},
                      {"comparison", experiment},
                      {"seed", seed}};
}

Json ran(int experiment, int number, double ppl) {
  return Json::Object{{"event", "ran"},      {"experiment", experiment}, {"run", number},
                      {"outcome", "scored"}, {"val_ppl", ppl},           {"val_bpb", 1},
                      {"steps", 10},         {"tokens", Json()},         {"time_s", 1.5},
                      {"memory_gb", 0.25}};
}

Json ended(int experiment, const char* status) {
  return Json::Object{{"event", "ended"}, {"experiment", experiment},
                      {"status", status}, {"reason", "why"},
                      {"gain", 0.1},      {"sigma", Json()}};
}

/// A baseline (program a), a kept change (b) and a dropped one (c).
std::vector<Json> night() {
  return {planned(1, "a", "c1"), run(1, 1), ran(1, 1, 8.0), ended(1, "baseline"),
          planned(2, "b", "c2"), run(2, 1), ran(2, 1, 7.0), ended(2, "keep"),
          planned(3, "c", "c3"), run(3, 1), ran(3, 1, 9.0), ended(3, "discard")};
}

TEST(History, WhatABuiltRecipeSaysOfItsKnobsTakesThePlaceOfWhatWasExpected) {
  const History history({planned(1), described(1, "r1")});
  EXPECT_EQ(history.at(1).knobs, (KnobValues{{"lr", "2e-3"}}));
  EXPECT_EQ(history.at(1).intended, (KnobValues{{"lr", "2"}}));
  EXPECT_EQ(history.with_recipe("r1"), &history.at(1));
  EXPECT_EQ(history.with_recipe("r2"), nullptr);
}

TEST(History, ARecipeThatWasRefusedOnceItWasBuiltDoesNotCountAsTried) {
  const History history({planned(1), described(1, "", "not what was intended")});
  EXPECT_EQ(history.at(1).reason, "not what was intended");
  EXPECT_EQ(history.at(1).recipe, "");
}

std::string error_of(std::vector<Json> events) {
  try {
    const History history(events);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(History, AnEmptyLedgerIsALabThatNothingHappenedIn) {
  const History history;
  EXPECT_EQ(history.next_number(), 1);
  EXPECT_EQ(history.incumbent(), nullptr);
  EXPECT_EQ(history.baseline(), nullptr);
  EXPECT_EQ(history.unfinished(), nullptr);
}

TEST(History, AnExperimentIsWhatItsEventsSay) {
  const History history({planned(1), run(1, 1, 7), ran(1, 1, 8.0), ended(1, "baseline")});
  const Experiment& e = history.at(1);
  EXPECT_EQ(e.description, "lr: 1 -> 2");
  EXPECT_EQ(e.expectation, "less loss");
  EXPECT_EQ(e.code_lines, 700);
  EXPECT_EQ(e.knobs[1], (std::pair<std::string, std::string>("group", "64")));
  EXPECT_EQ(e.status, Status::kBaseline);
  EXPECT_EQ(e.reason, "why");
  EXPECT_EQ(e.gain, 0.1);
  EXPECT_EQ(e.sigma, std::nullopt);
  ASSERT_EQ(e.runs.size(), 1U);
  EXPECT_EQ(e.runs[0].seed, 7U);
  EXPECT_EQ(e.runs[0].val_ppl, 8.0);
  EXPECT_EQ(e.runs[0].val_bpb, 1.0);
  EXPECT_EQ(e.runs[0].steps, 10);
  EXPECT_EQ(e.runs[0].tokens, std::nullopt);
}

TEST(History, TheIncumbentIsTheLastOneKeptAndTheBranchStandsThere) {
  const History history(night());
  EXPECT_EQ(history.incumbent()->number, 2);
  EXPECT_EQ(history.baseline()->number, 1);
  EXPECT_EQ(history.tip(), "c2");
  EXPECT_EQ(history.unfinished(), nullptr);
  EXPECT_EQ(history.next_number(), 4);
}

TEST(History, ASessionMovesTheTipToTheLabsOtherFiles) {
  std::vector<Json> events = night();
  events.push_back(
      Json::Object{{"event", "session"}, {"tag", "nov22"}, {"commit", "c9"}, {"machine", "x"}});
  const History history(events);
  EXPECT_EQ(history.tag(), "nov22");
  EXPECT_EQ(history.tip(), "c9");
  EXPECT_EQ(history.conditions().machine, "x");
}

TEST(History, EveryTriedProgramIsKnownOfWhateverBecameOfIt) {
  const History history(night());
  for (const char* program : {"a", "b", "c"}) EXPECT_TRUE(history.tried(program));
  EXPECT_FALSE(history.tried("d"));
}

TEST(History, AProgramWhoseTimeWasUpMayBeTriedAgainUntilThatWasThriceSo) {
  History history;
  for (int64_t number = 1; number <= 3; ++number) {
    event::Planned planned;
    planned.experiment = number;
    planned.program = "slow";
    history.apply(planned);
    EXPECT_TRUE(history.tried("slow"));
    history.apply(
        event::Described{.experiment = number, .knobs = {}, .recipe = "r", .refusal = ""});
    history.apply(event::Ended{.experiment = number, .status = Status::kTimeout, .reason = ""});
    EXPECT_EQ(history.tried("slow"), number == 3);
    EXPECT_EQ(history.with_recipe("r") != nullptr, number == 3);
  }
}

TEST(History, AnExperimentInFlightIsUnfinishedAndCountsItsAttempts) {
  std::vector<Json> events = night();
  events.push_back(planned(4));
  events.push_back(run(4, 1));
  events.push_back(Json::Object{{"event", "again"}, {"experiment", 4}});
  const History history(events);
  ASSERT_NE(history.unfinished(), nullptr);
  EXPECT_EQ(history.unfinished()->number, 4);
  EXPECT_EQ(history.unfinished()->attempts, 2);
  EXPECT_EQ(history.unfinished()->runs[0].outcome, Outcome::kRunning);
  EXPECT_EQ(history.incumbent()->number, 2);
}

TEST(History, DriftMakesAllRunsBeforeItStaleAndNoneAfter) {
  std::vector<Json> events = night();
  events.push_back(Json::Object{{"event", "drift"}, {"reason", "slower"}});
  events.push_back(run(2, 2));
  const History history(events);
  EXPECT_TRUE(history.at(1).runs[0].stale);
  EXPECT_TRUE(history.at(2).runs[0].stale);
  EXPECT_FALSE(history.at(2).runs[1].stale);
}

TEST(History, AConfirmedRunHasItsPerplexityOnTheHiddenData) {
  std::vector<Json> events = night();
  events.push_back(
      Json::Object{{"event", "confirmed"}, {"experiment", 2}, {"run", 1}, {"confirm_ppl", 7.25}});
  EXPECT_EQ(History(events).at(2).runs[0].confirm_ppl, 7.25);
}

TEST(History, EventByEventGivesWhatAllAtOnceGives) {
  History grown;
  for (const Json& event : night()) grown.apply(event);
  const History whole(night());
  EXPECT_EQ(grown.incumbent()->number, whole.incumbent()->number);
  EXPECT_EQ(grown.at(2).val_ppl(), whole.at(2).val_ppl());
}

TEST(History, AnEventThatFitsNothingIsRefusedByItsName) {
  EXPECT_NE(error_of({planned(2)}).find("plans experiment 2 where 1 was next"), std::string::npos);
  EXPECT_NE(error_of({planned(1), planned(2)}).find("while 1 has no end"), std::string::npos);
  EXPECT_NE(error_of({planned(1), run(1, 2)}).find("begins run 2"), std::string::npos);
  EXPECT_NE(error_of({planned(1), ran(1, 1, 8.0)}).find("never begun"), std::string::npos);
  EXPECT_NE(error_of({ended(1, "keep")}).find("no experiment 1"), std::string::npos);
  EXPECT_NE(error_of({planned(1), ended(1, "keep"), ended(1, "discard")}).find("twice"),
            std::string::npos);
  const std::string unknown = error_of({Json::Object{{"event", "party"}}});
  EXPECT_NE(unknown.find("\"party\""), std::string::npos) << unknown;
  const std::string torn = error_of({Json::Object{{"event", "planned"}, {"x", 1}}});
  EXPECT_NE(torn.find("{\"event\":\"planned\",\"x\":1}"), std::string::npos) << torn;
}

TEST(History, ALedgerOfANewerFormIsNotGuessedAt) {
  Json session = to_json(event::Session{.tag = "x", .commit = "c"});
  session.set("version", event::Session::kVersion + 1);
  EXPECT_NE(error_of({session}).find("newer Tern"), std::string::npos);
}

TEST(History, AskingForAnExperimentThatIsNotThereSaysWhichThereAre) {
  const History history(night());
  try {
    history.at(12);
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "there is no experiment 12; the lab has 1 to 3");
  }
}

}  // namespace
}  // namespace tern::loop
