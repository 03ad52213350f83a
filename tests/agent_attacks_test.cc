// The attacks of tests/attacks/agents, each as the agent of a loop in a fake lab. An agent runs as
// the user, so what is tried here can be done; what counts is that the loop is not fooled by it.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "loop/propose/agent_proposer.h"
#include "loop/record/ledger.h"
#include "tern/base/text.h"
#include "tests/attacks.h"
#include "tests/fake_lab.h"

namespace tern::loop {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class AgentAttack : public testing::TestWithParam<Attack> {
 protected:
  /// The baseline and the attack; the sentence with which the loop stopped.
  std::string run() {
    AgentTemplate agent;
    agent.name = "script";
    agent.command = {"/bin/sh", script(), "{lab}"};
    AgentProposer proposer(agent, "", 30);
    const History* history = nullptr;
    FakeLoop loop(fake_, proposer, proposer, "confirm", {.stops = [&] {
                    return history != nullptr && history->unfinished() == nullptr &&
                                   history->next_number() > 2
                               ? 1
                               : 0;
                  }});
    history = &loop.history();
    std::string stopped;
    try {
      loop.research().run();
    } catch (const Error& e) {
      stopped = e.what();
    }
    said_ = joined(loop.lines(), "\n");
    return stopped;
  }
  static std::string script() {
    return std::string(TERN_SOURCE_DIR) + "/tests/attacks/agents/" + GetParam().name + ".sh";
  }
  bool a_process_is_left() const {
    const int lock = ::open((fake_.root() / "../lock").c_str(), O_RDWR | O_CLOEXEC);
    const bool held = lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) != 0;
    if (lock >= 0) ::close(lock);
    return held;
  }

  FakeLab fake_;
  std::string said_;
};

TEST_P(AgentAttack, DoesNotFoolTheLoop) {
  const Attack& attack = GetParam();
  const std::string toml = read_file(fake_.root() / "lab.toml");
  const std::string stopped = run();
  EXPECT_FALSE(a_process_is_left());
  EXPECT_FALSE(fs::exists(fake_.root() / "../hooked")) << "the loop's git ran a program";
  if (attack.outcome == "stopped") {
    EXPECT_THAT(stopped, HasSubstr(attack.detail));
    return;
  }
  EXPECT_EQ(stopped, "");
  const History history(read_ledger(fake_.lab().ledger()));
  const Experiment& attacked = history.at(2);
  if (attack.outcome == "rejected") {
    EXPECT_EQ(attacked.status, Status::kRejected) << said_;
    EXPECT_THAT(attacked.reason, HasSubstr(attack.detail));
  } else {
    EXPECT_EQ(attacked.status, Status::kKeep) << attacked.reason;
  }
  EXPECT_EQ(read_file(fake_.root() / "lab.toml"), toml);
  EXPECT_EQ(fake_.git("show tern/test:train.cpp"), read_file(fake_.lab().recipe()));
  for (const fs::path& text : {fake_.lab().ledger(), fake_.lab().experiments_table()}) {
    EXPECT_EQ(read_file(text).find_first_of("\033\007\x9b"), std::string::npos);
    EXPECT_EQ(read_file(text).find("\t=cmd"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Agent, AgentAttack,
                         testing::ValuesIn(Attack::all("tests/attacks/agents", ".sh")),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tern::loop
