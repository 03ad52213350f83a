#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "loop/ledger.h"
#include "tests/fake_lab.h"

namespace tern {
namespace {

constexpr int64_t kExperiments = 5;

std::deque<std::string> changes() {
  return {fake_recipe("0.3"), fake_recipe("0.1"), fake_recipe("0.3", "std::abort();"),
          fake_recipe("0.6")};
}

/// One session of the loop up to the fifth experiment, whatever is done of it already.
void session(const FakeLab& fake) {
  ScriptedProposer proposer(changes());
  const auto done = [&] {
    return static_cast<int64_t>(History(read_ledger(fake.lab().ledger())).experiments().size());
  };
  int stop = 0;
  FakeLoop* running = nullptr;
  FakeLoop loop(fake, proposer, proposer, "confirm", {.stops = [&] {
                  const History* history = running == nullptr ? nullptr : &running->history();
                  const bool all = history != nullptr && history->unfinished() == nullptr &&
                                   history->next_number() > kExperiments;
                  return all ? stop = 1 : stop;
                }});
  running = &loop;
  if (done() >= kExperiments && loop.history().unfinished() == nullptr) stop = 1;
  loop.research().run();
}

size_t ledger_lines(const FakeLab& fake) {
  if (!std::filesystem::exists(fake.lab().ledger())) return 0;
  const std::string text = read_file(fake.lab().ledger());
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Runs a session in a process of its own and kills that as soon as the ledger has `lines` lines and
/// `microseconds` more have passed; true when it ended by itself.
bool session_killed_at(const FakeLab& fake, size_t lines, int microseconds) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      session(fake);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s\n", e.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (ledger_lines(fake) < lines) {
      ::usleep(300);
      continue;
    }
    ::usleep(static_cast<useconds_t>(microseconds));
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return false;
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return true;
}

/// What must not depend on kills: each experiment's fate, the branch's recipe, and the tables but for
/// hashes and seconds.
std::string result_of(const FakeLab& fake) {
  const History history(read_ledger(fake.lab().ledger()));
  std::string out;
  for (const Experiment& e : history.experiments()) {
    out += fmt::format("{} {} {} {:.6f} {}\n", e.number, name_of(e.status), e.description,
                       e.val_ppl().value_or(0), e.reason);
    EXPECT_EQ(fake.git(fmt::format("show refs/tern/exp/{:04}:train.cpp", std::max<int64_t>(2, e.number))).empty(), false);
  }
  EXPECT_EQ(history.unfinished(), nullptr);
  EXPECT_EQ(fake.git("status --porcelain"), "");
  EXPECT_EQ(fake.git("show tern/test:train.cpp"), read_file(fake.lab().recipe()));
  out += FakeLab::shell("cut -f2,4-6 " + fake.lab().experiments_table().string());
  out += FakeLab::shell("cut -f1-13 " + fake.lab().results().string());
  return out + read_file(fake.lab().recipe());
}

TEST(Killed, AtAnyEventTheLoopEndsAsIfItHadNotBeen) {
  const FakeLab undisturbed;
  ASSERT_TRUE(session_killed_at(undisturbed, 1000, 0));
  const std::string expected = result_of(undisturbed);
  const size_t lines = ledger_lines(undisturbed);
  for (size_t line = 1; line < lines; ++line) {
    const FakeLab fake;
    // Half of the kills fall right behind the event, half into what follows from it.
    session_killed_at(fake, line, line % 2 == 0 ? 0 : 40'000);
    ASSERT_TRUE(session_killed_at(fake, 1000, 0)) << "after line " << line;
    EXPECT_EQ(result_of(fake), expected) << "killed at line " << line;
  }
}

TEST(Killed, TwiceByTheSameExperimentItIsNotTriedAgain) {
  const FakeLab fake;
  for (int time = 0; time < 2; ++time) {
    // Before experiment 2: session, reference, planned, three runs of two events, ended.
    const size_t second_run = 10 + 2;
    session_killed_at(fake, time == 0 ? second_run : ledger_lines(fake) + 4, 0);
  }
  session_killed_at(fake, 1000, 0);
  const History history(read_ledger(fake.lab().ledger()));
  EXPECT_EQ(history.at(2).status, Status::kCrash);
  EXPECT_THAT(history.at(2).reason, testing::HasSubstr("went down"));
}

TEST(Killed, ATornLastLineOfTheLedgerIsForgotten) {
  const FakeLab fake;
  session_killed_at(fake, 6, 0);
  {
    FILE* file = std::fopen(fake.lab().ledger().c_str(), "a");
    std::fputs("{\"event\": \"ra", file);
    std::fclose(file);
  }
  EXPECT_TRUE(session_killed_at(fake, 1000, 0));
  EXPECT_EQ(History(read_ledger(fake.lab().ledger())).next_number(), kExperiments + 1);
}

}  // namespace
}  // namespace tern
