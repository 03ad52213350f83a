#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "tern/sandbox/process_tree.h"
#include "tern/sandbox/supervise.h"
#include "tests/research_outcomes.h"

namespace tern::loop {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Kills the program that runs now, though not who keeps it; false where there is none yet.
bool kill_run(const FakeLab& fake) {
  for (const pid_t process : marked_processes(kJobMark, (fake.stage() / "run").string())) {
    std::error_code gone;
    const fs::path program = fs::read_symlink(fmt::format("/proc/{}/exe", process), gone);
    if (!gone && program == fake.stage() / "train") return ::kill(process, SIGKILL) == 0;
  }
  return false;
}

TEST(Interrupted, ARunThatSomebodyKillsIsRepeated) {
  const FakeLab fake;
  ScriptedProposer proposer({doing("write(\"begun\", \"\"); usleep(500000);")});
  bool killed = false;
  FakeLoop loop(fake, proposer, proposer, "confirm",
                {.experiments = 2, .stops = [&] {
                   const bool runs = fs::exists(fake.lab().experiment(2)) &&
                                     fs::exists(fake.stage() / "run" / "begun");
                   if (runs && !killed) killed = kill_run(fake);
                   return 0;
                 }});
  loop.research().run();
  const Experiment& made = loop.history().at(2);
  EXPECT_EQ(made.status, Status::kKeep) << made.reason;
  EXPECT_EQ(made.runs[0].outcome, Outcome::kInterrupted);
  EXPECT_EQ(made.runs[1].seed, made.runs[0].seed);
}

TEST(Interrupted, ThreeTimesByEachRunItIsACrashOfTheProposal) {
  const Outcomes out({doing("raise(SIGKILL);"), fake_recipe("0.3")});
  EXPECT_EQ(out.status(2), Status::kCrash) << out.error();
  EXPECT_EQ(out[2].runs.size(), 3U);
  EXPECT_THAT(out[2].runs[2].reason, HasSubstr("killed it (signal 9), each of 3 times"));
  EXPECT_EQ(out.status(3), Status::kKeep);
}

TEST(Interrupted, AProgramWhoseTimeWasUpMayBeProposedAgain) {
  const std::string slow = doing("sleep(60);");
  const Outcomes out({slow, slow});
  EXPECT_EQ(out.status(2), Status::kTimeout) << out.error();
  EXPECT_EQ(out[3].runs.size(), 1U) << out.reason(3);
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

TEST(Research, ASessionOnAnotherBudgetSaysWhatChangedAndMarksWhatWasBefore) {
  FakeLab fake;
  ScriptedProposer none({});
  {
    FakeLoop loop(fake, none, none, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
  }
  const std::filesystem::path toml = fake.root() / "lab.toml";
  std::string text = read_file(toml);
  write_file_atomically(toml, text.replace(text.find("seconds = 1"), 11, "seconds = 2"));
  fake.reopen();
  FakeLoop loop(fake, none, none, "confirm", {.stops = [] { return 1; }});
  loop.research().run();
  const History& history = loop.history();
  ASSERT_EQ(history.breaks().size(), 1u);
  EXPECT_EQ(history.breaks()[0].reason,
            "the budget changed (2 s, 3 bits per weight, before 1 s, 3 bits per weight)");
  EXPECT_FALSE(history.at(1).comparable());
  EXPECT_NE(history.conditions().machine, "");
}

}  // namespace
}  // namespace tern::loop
