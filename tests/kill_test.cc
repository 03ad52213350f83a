#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <set>

#include "loop/record/ledger.h"
#include "tests/fake_lab.h"

namespace tern::loop {
namespace {

constexpr int64_t kExperiments = 4;

/// A gain beyond doubt, a crash, and a gain in doubt.
std::deque<std::string> changes() {
  return {fake_recipe("0.3"), fake_recipe("0.3", "std::abort();"), fake_recipe("0.302")};
}

/// One session of the loop up to the last experiment, whatever is done of it already.
void session(const FakeLab& fake) {
  ScriptedProposer proposer(changes());
  const History* history = nullptr;
  FakeLoop loop(fake, proposer, proposer, "confirm", {.stops = [&] {
                  return history != nullptr && history->unfinished() == nullptr &&
                                 history->next_number() > kExperiments
                             ? 1
                             : 0;
                }});
  history = &loop.history();
  loop.research().run();
}

std::string ledger_of(const FakeLab& fake) {
  return std::filesystem::exists(fake.lab().ledger()) ? read_file(fake.lab().ledger()) : "";
}

int64_t count(const std::string& text, const std::string& word) {
  int64_t found = 0;
  for (size_t at = 0; (at = text.find(word, at)) != text.npos; at += word.size()) ++found;
  return found;
}

/// Runs a session in a process of its own, and kills that as soon as `due` says so of the ledger's
/// text; true when it ended by itself.
bool session_ends(const FakeLab& fake, const std::function<bool(const std::string&)>& due) {
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
    if (!due(ledger_of(fake))) {
      ::usleep(500);
      continue;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return false;
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return true;
}

bool never(const std::string&) { return false; }

/// What must not depend on kills: each experiment's fate, the branch's recipe, and the tables but
/// for hashes and seconds.
std::string result_of(const FakeLab& fake) {
  const History history(read_ledger(fake.lab().ledger()));
  std::string out;
  for (const Experiment& e : history.experiments()) {
    out += fmt::format("{} {} {} {:.6f} {}\n", e.number, name_of(e.status), e.description,
                       e.val_ppl().value_or(0), e.reason);
    EXPECT_EQ(
        fake.git(fmt::format("show refs/tern/exp/{:04}:train.cpp", std::max<int64_t>(2, e.number)))
            .empty(),
        false);
  }
  EXPECT_EQ(history.unfinished(), nullptr);
  EXPECT_EQ(fake.git("status --porcelain"), "");
  EXPECT_EQ(fake.git("show tern/test:train.cpp"), read_file(fake.lab().recipe()));
  out += FakeLab::shell("cut -f2,4-6 " + fake.lab().experiments_table().string());
  out += FakeLab::shell("cut -f1-13 " + fake.lab().results().string());
  return out + read_file(fake.lab().recipe());
}

const std::string& undisturbed_result() {
  static const std::string result = [] {
    const FakeLab fake;
    EXPECT_TRUE(session_ends(fake, never));
    return result_of(fake);
  }();
  return result;
}

/// Each case kills the loop once in every experiment, behind the event of this number.
class KilledBehindEvent : public testing::TestWithParam<int64_t> {};

TEST_P(KilledBehindEvent, TheLoopEndsAsIfItHadNotBeen) {
  const FakeLab fake;
  std::set<int64_t> killed;
  const auto due = [&](const std::string& ledger) {
    const size_t planned = ledger.rfind("\"event\":\"planned\"");
    if (planned == ledger.npos || killed.contains(count(ledger, "\"planned\""))) return false;
    if (count(ledger.substr(planned), "\n") < GetParam()) return false;
    killed.insert(count(ledger, "\"planned\""));
    return true;
  };
  while (!session_ends(fake, due)) {
  }
  EXPECT_FALSE(killed.empty());
  EXPECT_EQ(result_of(fake), undisturbed_result());
}

// An experiment with repeats has thirteen events.
INSTANTIATE_TEST_SUITE_P(Number, KilledBehindEvent, testing::Range<int64_t>(1, 14));

TEST(Killed, BeforeItsFirstExperimentTheLoopBeginsAnew) {
  for (const int64_t events : {1, 2}) {
    const FakeLab fake;
    session_ends(fake, [&](const std::string& ledger) { return count(ledger, "\n") >= events; });
    ASSERT_TRUE(session_ends(fake, never));
    EXPECT_EQ(result_of(fake), undisturbed_result());
  }
}

TEST(Killed, ThriceByTheSameExperimentItIsNotTriedAgain) {
  const FakeLab fake;
  for (int64_t times = 1; times <= 3; ++times) {
    session_ends(fake, [&](const std::string& ledger) {
      return count(ledger, "\"event\":\"run\",\"experiment\":2") >= times;
    });
  }
  session_ends(fake, never);
  const History history(read_ledger(fake.lab().ledger()));
  EXPECT_EQ(history.at(2).status, Status::kCrash);
  EXPECT_THAT(history.at(2).reason, testing::HasSubstr("went down"));
}

TEST(Killed, ThriceWhileItsRecipeIsBuiltAnExperimentIsNotTriedAgain) {
  const FakeLab fake;
  for (int times = 0; times < 3; ++times) {
    std::filesystem::remove_all(fake.stage());
    session_ends(fake, [&](const std::string&) { return fake.is_building(2); });
  }
  session_ends(fake, never);
  const History history(read_ledger(fake.lab().ledger()));
  EXPECT_EQ(history.at(2).status, Status::kCrash);
  EXPECT_THAT(history.at(2).reason, testing::HasSubstr("went down"));
}

TEST(Killed, ATornLastLineOfTheLedgerIsForgotten) {
  const FakeLab fake;
  session_ends(fake, [&](const std::string& ledger) { return count(ledger, "\n") >= 6; });
  std::ofstream(fake.lab().ledger(), std::ios::app) << "{\"event\": \"ra";
  EXPECT_TRUE(session_ends(fake, never));
  EXPECT_EQ(result_of(fake), undisturbed_result());
}

}  // namespace
}  // namespace tern::loop
