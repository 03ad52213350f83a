#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/research_outcomes.h"

namespace tern::loop {
namespace {

using testing::HasSubstr;

TEST(Interrupted, ARunThatSomebodyKillsIsRepeated) {
  const Outcomes out({doing("if (std::strstr(run, \"/1/run\")) raise(SIGKILL);")});
  EXPECT_EQ(out.status(), Status::kKeep) << out.error();
  EXPECT_EQ(out[2].runs[0].outcome, Outcome::kInterrupted);
  EXPECT_EQ(out[2].runs[1].seed, out[2].runs[0].seed);
}

TEST(Interrupted, ThreeTimesByEachRunItIsACrashOfTheProposal) {
  const Outcomes out({doing("raise(SIGKILL);"), fake_recipe("0.3")});
  EXPECT_EQ(out.status(2), Status::kCrash) << out.error();
  EXPECT_EQ(out[2].runs.size(), 3U);
  EXPECT_THAT(out[2].runs[2].reason, HasSubstr("killed it (signal 9), each of 3 times"));
  EXPECT_EQ(out.status(3), Status::kKeep);
}

TEST(Interrupted, AProgramWhoseTimeWasUpMayBeProposedAgain) {
  const std::string slow = doing("if (std::strstr(run, \"/0002/\")) sleep(60);");
  const Outcomes out({slow, slow});
  EXPECT_EQ(out.status(2), Status::kTimeout) << out.error();
  EXPECT_EQ(out.status(3), Status::kKeep) << out.reason(3);
}

TEST(Bounds, ARefusedProposalIsNoExperimentOfThoseAskedFor) {
  const FakeLab fake;
  ScriptedProposer proposer({fake_recipe("0"), fake_recipe("0.3")});
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 2, .stops = {}});
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).status, Status::kRejected);
  EXPECT_EQ(loop.history().at(3).status, Status::kKeep);
}

TEST(Bounds, ALoopWhoseProposalsAreAllRefusedEnds) {
  const FakeLab fake;
  ScriptedProposer proposer(std::deque<std::string>(100, fake_recipe("0")));
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 2, .stops = {}});
  loop.research().run();
  EXPECT_LT(loop.history().next_number(), 100);
  EXPECT_THAT(loop.lines().back(), HasSubstr("were all refused"));
}

}  // namespace
}  // namespace tern::loop
