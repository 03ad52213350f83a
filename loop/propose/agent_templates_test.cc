#include "loop/propose/agent_templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern::loop {
namespace {
namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;

/// A home with the templates that Tern ships.
class AgentTemplates : public testing::Test {
 protected:
  AgentTemplates() {
    fs::create_directories(home() / "share" / "tern" / "lab");
    fs::copy(fs::path(TERN_SOURCE_DIR) / "lab" / "agents", folder(), fs::copy_options::recursive);
  }
  fs::path home() const { return folder_.path(); }
  fs::path folder() const { return home() / "share" / "tern" / "lab" / "agents"; }
  AgentTemplate named(const std::string& name) const {
    AgentConfig config;
    config.name = name;
    return agent_template(config, home());
  }
  TemporaryFolder folder_;
};

TEST_F(AgentTemplates, FiveAgentsAreReady) {
  std::vector<std::string> names;
  for (const AgentTemplate& agent : ready_agents(home())) {
    names.push_back(agent.name);
    EXPECT_FALSE(agent.check.empty()) << agent.name;
    EXPECT_FALSE(agent.model.empty()) << agent.name;
  }
  EXPECT_THAT(names, ElementsAre("aider", "claude", "codex", "gemini", "opencode"));
}

TEST_F(AgentTemplates, ANestedClaudeIsNotToldSo) {
  EXPECT_THAT(named("claude").unset, testing::Contains("CLAUDECODE"));
  EXPECT_TRUE(named("claude").prompt_on_stdin);
}

TEST_F(AgentTemplates, AnUnknownAgentIsRefusedWithTheNearestName) {
  EXPECT_THAT(error_message([&] { named("claud"); }), HasSubstr("did you mean claude?"));
  EXPECT_THAT(error_message([&] { named("somebody"); }), HasSubstr("aider, claude, codex"));
}

TEST_F(AgentTemplates, AMisspeltKeyIsAnError) {
  write_file_atomically(folder() / "mine.toml", "comand = [\"mine\"]\n");
  EXPECT_THAT(error_message([&] { ready_agents(home()); }), HasSubstr("unknown key comand"));
}

TEST_F(AgentTemplates, ALabsOwnCommandGoesFirstAndGetsTheBriefOnItsInputUnlessItTakesIt) {
  AgentConfig config;
  config.command = {"{lab}/agent.sh"};
  EXPECT_TRUE(agent_template(config, home()).prompt_on_stdin);
  config.command = {"agent", "--file={prompt_file}"};
  EXPECT_FALSE(agent_template(config, home()).prompt_on_stdin);
}

TEST_F(AgentTemplates, AProgramGivenByARelativePathIsTheLabs) {
  AgentConfig config;
  config.command = {"./agent.sh"};
  EXPECT_EQ(agent_template(config, home()).command[0], "{lab}/agent.sh");
  config.command = {"agent"};
  EXPECT_EQ(agent_template(config, home()).command[0], "agent");
}

TEST_F(AgentTemplates, PlaceholdersAreFilledInOnceAndTheModelIsAddedWhereThereIsOne) {
  AgentTemplate agent;
  agent.command = {"a", "{prompt}", "-C={workdir}", "{prompt_file}", "{lab}"};
  agent.model = {"--model", "{model}"};
  AgentCall call{.prompt = "say {model} and $HOME",
                 .prompt_file = "/p",
                 .workdir = "/w",
                 .lab = "/l",
                 .model = ""};
  EXPECT_THAT(agent_command(agent, call),
              ElementsAre("/bin/sh", "-c", R"(exec "$@" < "$0")", "/dev/null", "a",
                          "say {model} and $HOME", "-C=/w", "/p", "/l"));
  call.model = "big";
  agent.prompt_on_stdin = true;
  const std::vector<std::string> command = agent_command(agent, call);
  EXPECT_EQ(command[3], "/p");
  EXPECT_EQ(command[command.size() - 2], "--model");
  EXPECT_EQ(command.back(), "big");
}

}  // namespace
}  // namespace tern::loop
