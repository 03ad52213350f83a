#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tern/base/text.h"
#include "tests/research_outcomes.h"

namespace tern::loop {
namespace {

using testing::HasSubstr;

TEST(ResearchText, KeepsNoProposalThatHoldsAPieceOfAKey) {
  ::setenv("TERN_TEST_API_KEY", "sk-0123456789abcdef", 1);
  const Outcomes out({fake_recipe("0.3", "// 3456789abc")});
  ::unsetenv("TERN_TEST_API_KEY");
  EXPECT_EQ(out.status(), Status::kRejected) << out.error();
  EXPECT_THAT(out.reason(), HasSubstr("a piece of a key"));
  EXPECT_EQ(out[2].commit, "");
  EXPECT_EQ(out.fake().git("log --all --oneline -S3456789abc"), "");
}

TEST(ResearchText, TellsGitTheTablesAndTheConsoleNothingThatATerminalObeys) {
  const FakeLab fake;
  ScriptedProposer proposer({fake_recipe("0.3")});
  proposer.describe_as("a\033]52;c;QQ==\007\u202eb\n=cmd()");
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 2, .stops = {}});
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).description, "a]52;c;QQ==b =cmd()");
  const std::string told = fake.git("log --format=%B refs/tern/exp/0002") +
                           read_file(fake.lab().experiments_table()) +
                           read_file(fake.lab().ledger()) + joined(loop.lines(), "\n");
  EXPECT_THAT(told, HasSubstr("a]52;c;QQ==b =cmd()"));
  for (const char* wild : {"\033", "\007", "\u202e"}) {
    EXPECT_THAT(told, testing::Not(HasSubstr(wild)));
  }
}

}  // namespace
}  // namespace tern::loop
