#include "loop/propose/agent_proposer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "loop/propose/proposer_test_util.h"

namespace tern::loop {
namespace {
namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::Not;

constexpr const char* kHonest = "sed -i 's/lr = 3e-4f/lr = 1e-3f/' train.cpp\n";

/// Agents that are shell scripts.
class Agent : public testing::Test {
 protected:
  Proposal propose(const std::string& script, double seconds = 30) const {
    AgentTemplate agent;
    agent.name = "script";
    agent.command = {"/bin/sh", "-c", script, "{prompt_file}", "{workdir}", "{lab}", "{model}"};
    agent.ignored = {".litter*"};
    agent.unset = {"TERN_TEST_UNSET"};
    return AgentProposer(agent, "big", seconds).propose(lab_.situation());
  }
  fs::path folder() const { return lab_.root() / ".tern" / "agent" / "0002"; }
  std::string log() const { return read_file(folder() / "log.txt"); }
  std::string recipe() const { return read_file(lab_.root() / "train.cpp"); }

  ProposerLab lab_{/*in_repository=*/true};
};

TEST_F(Agent, AnHonestEditIsTheProposal) {
  const Proposal proposal =
      propose(std::string(kHonest) + "printf '# lr: up\\n\\n- 1 %% lower\\n' > proposal.md");
  EXPECT_EQ(proposal.refusal, "");
  EXPECT_THAT(proposal.source, HasSubstr("lr = 1e-3f"));
  EXPECT_EQ(proposal.description, "lr: up");
  EXPECT_EQ(proposal.expectation, "1 % lower");
  EXPECT_EQ(proposal.proposer, "agent");
  EXPECT_EQ(proposal.family, "script");
  EXPECT_EQ(recipe(), kTestRecipe);
}

TEST_F(Agent, WithoutWordsOfItsOwnTheChangeIsDescribedByTheDiff) {
  EXPECT_EQ(propose(kHonest).description, "lr: 3e-4 -> 1e-3");
}

TEST_F(Agent, GetsTheBriefItsFolderAndTheModel) {
  propose(
      "cat \"$0\"; echo \"in $PWD of $1, model $3\"; ls -a \"$2\" >/dev/null && git log --oneline");
  EXPECT_THAT(log(), HasSubstr("ONE focused change"));
  EXPECT_THAT(log(), HasSubstr("`proposal.md`"));
  const std::string work = (folder() / "work").string();
  EXPECT_THAT(log(), HasSubstr("in " + work + " of " + work + ", model big"));
  EXPECT_THAT(log(), HasSubstr("first"));
}

TEST_F(Agent, HasTheCallersEnvironmentWithoutWhatItsTemplateTakesAway) {
  setenv("TERN_TEST_UNSET", "here", 1);
  setenv("TERN_TEST_KEPT", "here", 1);
  setenv("GIT_DIR", "/nowhere", 1);
  propose("echo \"[$TERN_TEST_UNSET] [$TERN_TEST_KEPT] [$GIT_DIR]\"");
  unsetenv("TERN_TEST_UNSET");
  unsetenv("TERN_TEST_KEPT");
  unsetenv("GIT_DIR");
  EXPECT_THAT(log(), HasSubstr("[] [here] []"));
}

TEST_F(Agent, ItsExitCodeMeansNothing) {
  EXPECT_EQ(propose(std::string(kHonest) + "exit 3").refusal, "");
  EXPECT_THAT(propose("exit 0").refusal, HasSubstr("changed nothing"));
}

TEST_F(Agent, ThatChangesNothingIsRefusedWithItsLastWords) {
  const Proposal proposal = propose("echo starting; echo 'rate limit reached' >&2; exit 1");
  EXPECT_THAT(proposal.refusal, HasSubstr("the agent changed nothing"));
  EXPECT_THAT(proposal.refusal, HasSubstr("rate limit reached"));
}

TEST_F(Agent, ThatIsNotInstalledIsRefusedWithItsName) {
  AgentTemplate agent;
  agent.command = {"no-such-agent"};
  const Proposal proposal = AgentProposer(agent, "", 30).propose(lab_.situation());
  EXPECT_THAT(proposal.refusal, HasSubstr("no-such-agent"));
}

TEST_F(Agent, OnlyACommentOrOnlyTheSeedIsRefused) {
  EXPECT_THAT(propose("echo '// a' >> train.cpp").refusal, HasSubstr("comments"));
  EXPECT_THAT(propose("sed -i 's/seed = 1/seed = 2/' train.cpp").refusal, HasSubstr("seed"));
}

TEST_F(Agent, AnythingElseInItsFolderIsRefusedByName) {
  EXPECT_THAT(propose(std::string(kHonest) + "echo x > notes.txt").refusal, HasSubstr("notes.txt"));
  EXPECT_THAT(propose(std::string(kHonest) + "echo >> lab.toml").refusal, HasSubstr("lab.toml"));
  EXPECT_THAT(propose("rm train.cpp; ln -s /etc/passwd train.cpp").refusal,
              HasSubstr("symbolic link"));
  EXPECT_NE(propose("rm -rf \"$1\"").refusal, "");
}

TEST_F(Agent, ItsLitterAndItsCommitsDoNotMatter) {
  const Proposal proposal = propose(std::string(kHonest) +
                                    "echo x > .litter.history; mkdir .litter.d; git -c user.name=a "
                                    "-c user.email=a commit -qam x");
  EXPECT_EQ(proposal.refusal, "");
  EXPECT_THAT(proposal.source, HasSubstr("lr = 1e-3f"));
  EXPECT_EQ(lab_.git({"rev-parse", "HEAD"}).substr(0, 40), lab_.commit);
}

TEST_F(Agent, AnAnswerThatIsALinkIsNotFollowed) {
  write_file_atomically(lab_.root() / ".tern" / "secret", "the secret\n");
  const Proposal proposal = propose(std::string(kHonest) + "ln -s \"$2/.tern/secret\" proposal.md");
  EXPECT_THAT(proposal.description, Not(HasSubstr("secret")));
}

TEST_F(Agent, WhatItWritesIntoTheLabIsPutBackAndRefused) {
  const std::string toml = read_file(lab_.root() / "lab.toml");
  const Proposal proposal = propose(std::string(kHonest) +
                                    "echo >> \"$2/lab.toml\"; rm \"$2/program.md\"; "
                                    "rm \"$2/train.cpp\"; ln -s /etc/passwd \"$2/train.cpp\"");
  EXPECT_THAT(proposal.refusal, HasSubstr("lab.toml, program.md, train.cpp changed meanwhile"));
  EXPECT_EQ(read_file(lab_.root() / "lab.toml"), toml);
  EXPECT_EQ(recipe(), kTestRecipe);
  EXPECT_TRUE(fs::exists(lab_.root() / "program.md"));
  EXPECT_FALSE(fs::is_symlink(lab_.root() / "train.cpp"));
  EXPECT_EQ(read_file(folder() / "lab.toml.found"), toml + "\n");
}

TEST_F(Agent, AChangedLedgerIsTold) {
  EXPECT_THAT(propose(std::string(kHonest) + "echo '{}' >> \"$2/.tern/ledger.jsonl\"").refusal,
              HasSubstr("the ledger was changed"));
}

TEST_F(Agent, ThatHangsIsEndedAndItsEditCounts) {
  EXPECT_EQ(propose(std::string(kHonest) + "sleep 100", 1).refusal, "");
  const Proposal idle = propose("sleep 100", 1);
  EXPECT_THAT(idle.refusal, HasSubstr("changed nothing"));
  EXPECT_THAT(idle.refusal, HasSubstr("ran longer than 1.0 s"));
}

TEST_F(Agent, LeavesNoProcessBehind) {
  // By a lock, since process ids are the agent's own.
  propose(std::string(kHonest) + "setsid flock \"$2/.tern/lock\" sleep 100 & sleep 0.3");
  const int file = ::open((lab_.root() / ".tern" / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  EXPECT_EQ(::flock(file, LOCK_EX | LOCK_NB), 0);
  ::close(file);
}

TEST_F(Agent, TheFoldersItWorkedInAreRemovedAndItsLogStays) {
  propose(std::string(kHonest) + "echo hello");
  EXPECT_FALSE(fs::exists(folder() / "work"));
  EXPECT_FALSE(fs::exists(folder() / "pristine"));
  EXPECT_THAT(log(), HasSubstr("hello"));
}

TEST_F(Agent, EndsWhenItIsInterrupted) {
  AgentTemplate agent;
  agent.command = {"/bin/sh", "-c", "sleep 100"};
  const Proposal proposal =
      AgentProposer(agent, "", 60, [] { return true; }).propose(lab_.situation());
  EXPECT_THAT(proposal.refusal, HasSubstr("stopped, as asked"));
}

}  // namespace
}  // namespace tern::loop
