#include "tern/sandbox/keeper.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <tuple>

#include "tern/sandbox/job_test_util.h"
#include "tern/sandbox/landlock.h"
#include "tern/sandbox/process_tree.h"
#include "tern/sandbox/sandbox_wish.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using Kind = Sandbox::Kind;

/// Waits for what is about to become true; false when it does not within ten seconds.
template <typename Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 2000 && !condition(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

/// In a kind of sandbox, who is killed: the harness, the keeper, or both.
class Killed : public testing::TestWithParam<std::tuple<Kind, const char*>> {
 protected:
  void SetUp() override {
    const auto [kind, who] = GetParam();
    if (kind == Kind::kLandlock && landlock_abi() == 0) GTEST_SKIP() << "no Landlock here";
    if (kind == Kind::kBubblewrap && std::system("bwrap --unshare-all --ro-bind / / true "
                                                 ">/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "no bubblewrap here";
    }
    const bool keeper_can = who == std::string("harness");
    if (kind != Kind::kBubblewrap && !keeper_can && !namespaces_for(kind).pid) {
      GTEST_SKIP() << "no PID namespace here, so that the keeper alone ends a daemon";
    }
  }
};

TEST_P(Killed, LeavesNothingOfTheJobNotEvenADaemon) {
  const auto [kind, who] = GetParam();
  const Workplace place;
  const pid_t harness = ::fork();
  if (harness == 0) {
    Job job = place.job(place.daemon("time.sleep(100)"), "/usr/bin/python3");
    job.sandbox = {.kind = kind, .read = system_folders(), .write = {place.run}};
    supervise(job);
    ::_exit(0);
  }
  ASSERT_TRUE(comes_true([&] { return fs::exists(place.run / "daemon"); }));
  ASSERT_TRUE(place.daemon_lives());
  const pid_t keeper = descendants_of(harness).front();
  if (who != std::string("keeper")) ::kill(harness, SIGKILL);
  if (who != std::string("harness")) ::kill(keeper, SIGKILL);
  ::waitpid(harness, nullptr, 0);
  EXPECT_TRUE(comes_true([&] { return !place.daemon_lives(); }));
  EXPECT_TRUE(comes_true([&] { return marked_processes(kJobMark, place.mark()).empty(); }));
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Killed,
                         testing::Combine(testing::Values(Kind::kNone, Kind::kLandlock,
                                                          Kind::kBubblewrap),
                                          testing::Values("harness", "keeper", "both")),
                         [](const auto& info) {
                           const Kind kind = std::get<0>(info.param);
                           return std::string(kind == Kind::kNone       ? "None"
                                              : kind == Kind::kLandlock ? "Landlock"
                                                                        : "Bubblewrap") +
                                  "_" + std::get<1>(info.param);
                         });

}  // namespace
}  // namespace tern
