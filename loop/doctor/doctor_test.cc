#include "loop/doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>

#include "loop/propose/proposer_test_util.h"

namespace tern::loop {
namespace {
namespace fs = std::filesystem;

using testing::HasSubstr;
using State = Finding::State;

Finding named(const std::vector<Finding>& findings, const std::string& name) {
  for (const Finding& finding : findings) {
    if (finding.name == name) return finding;
  }
  return {"none", State::kGood, "", ""};
}

/// A home with one template and no toolchain, and none of the caller's settings.
class Doctor : public testing::Test {
 protected:
  Doctor() {
    fs::create_directories(agents());
    write_template("there", "[\"sh\", \"-c\", \"echo version 7\"]");
    write_template("absent", "[\"no-such-agent\"]");
    for (const char* name : {"OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_MODEL",
                             "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"}) {
      unsetenv(name);
    }
  }
  fs::path agents() const { return home_ / "share/tern/lab/agents"; }
  void write_template(const std::string& name, const std::string& check) const {
    write_file_atomically(
        agents() / (name + ".toml"),
        "command = [\"x\"]\ncheck = " + check + "\ninstall = \"install " + name + "\"\n");
  }
  std::vector<Finding> proposers(const std::string& toml) const {
    write_file_atomically(home_ / "lab.toml", "version = 1\n" + toml);
    return look_at_proposers(home_.path(), Lab::find(home_.path()));
  }

  TemporaryFolder home_;
};

TEST_F(Doctor, ABrokenToolchainIsMissingAndSaysHowToBuildIt) {
  const Finding finding = named(look_at_tools(home_.path()), "compiler");
  EXPECT_EQ(finding.state, State::kMissing);
  EXPECT_THAT(finding.remedy, HasSubstr("make build"));
}

TEST_F(Doctor, TheMachineIsDescribed) {
  const std::vector<Finding> findings = look_at_machine(home_.path());
  EXPECT_THAT(named(findings, "memory").found, HasSubstr("GB available"));
  EXPECT_THAT(named(findings, "disk").found, HasSubstr("GB free"));
  EXPECT_NE(named(findings, "cpu").found, "");
  EXPECT_NE(named(findings, "sandbox").found, "");
}

TEST_F(Doctor, EachMissingPartOfTheSandboxIsNamed) {
  setenv("TERN_SANDBOX", "landlock,-pid", 1);
  const std::vector<Finding> findings = look_at_machine(home_.path());
  unsetenv("TERN_SANDBOX");
  EXPECT_THAT(findings[0].found, HasSubstr("filter of system calls"));
  const auto names_pid = [](const Finding& finding) {
    return finding.state == State::kNote && finding.found.starts_with("no PID namespace: ");
  };
  EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), names_pid));
}

TEST_F(Doctor, AgentsAreTriedByTheirCheckCommand) {
  const std::vector<Finding> findings = proposers("");
  EXPECT_EQ(named(findings, "agent there").found, "version 7");
  EXPECT_EQ(named(findings, "agent absent").state, State::kNote);
  EXPECT_EQ(named(findings, "agent absent").remedy, "install absent");
}

TEST_F(Doctor, TheAgentThatTheLabUsesHasToBeThere) {
  const std::string toml = "[research]\nproposer = \"agent\"\n[agent]\nname = \"absent\"\n";
  EXPECT_EQ(named(proposers(toml), "agent absent").state, State::kMissing);
}

TEST_F(Doctor, ALabsOwnCommandIsLookedForInTheLab) {
  const std::string toml = "[agent]\ncommand = [\"./agent.sh\"]\n";
  EXPECT_EQ(named(proposers(toml), "agent command").state, State::kMissing);
  write_file_atomically(home_ / "agent.sh", "");
  EXPECT_EQ(named(proposers(toml), "agent command").state, State::kGood);
}

TEST_F(Doctor, KeysAreNeverShown) {
  setenv("OPENAI_API_KEY", "sk-very-secret", 1);
  setenv("OPENAI_MODEL", "big", 1);
  const Finding finding = named(proposers(""), "language model");
  unsetenv("OPENAI_API_KEY");
  unsetenv("OPENAI_MODEL");
  EXPECT_EQ(finding.found, "big at https://api.openai.com/v1, with a key");
  EXPECT_EQ(named(proposers(""), "language model").state, State::kNote);
  EXPECT_EQ(named(proposers("[research]\nproposer = \"llm\"\n"), "language model").state,
            State::kMissing);
}

TEST_F(Doctor, AnAgentIsTriedInALabMadeForIt) {
  AgentTemplate agent;
  agent.name = "script";
  agent.command = {"sed", "-i", "s/3e-4f/1e-3f/", "train.cpp"};
  EXPECT_THAT(try_agent(agent, {}, {}).found, HasSubstr("lr: 3e-4 -> 1e-3"));
  agent.command = {"sh", "-c", "echo not signed in; exit 1"};
  const Finding finding = try_agent(agent, {}, {});
  EXPECT_EQ(finding.state, State::kMissing);
  EXPECT_THAT(finding.found, HasSubstr("not signed in"));
}

TEST_F(Doctor, ATriedAgentLiesInTheRealLab) {
  write_file_atomically(home_ / "lab.toml", "version = 1\n");
  write_file_atomically(home_ / "agent.sh", "sed -i s/3e-4f/1e-3f/ train.cpp\n");
  AgentTemplate agent;
  agent.command = {"sh", "{lab}/agent.sh"};
  EXPECT_EQ(try_agent(agent, {}, Lab::find(home_.path())).state, State::kGood);
}

}  // namespace
}  // namespace tern::loop
