#include "loop/propose/agent_templates.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/toml.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

fs::path agents_folder(const fs::path& home) { return home / "share" / "tern" / "lab" / "agents"; }

Words words_of(const Json& toml, const char* key) {
  Words words;
  if (const Json* list = toml.find(key)) {
    for (const Json& word : list->items()) words.push_back(word.as_string());
  }
  return words;
}

AgentTemplate read_template(const fs::path& file) {
  const Json toml = read_toml(file);
  const Words known = {"command", "model", "stdin", "unset", "ignored", "check", "install"};
  for (const auto& [key, value] : toml.members()) {
    check(std::find(known.begin(), known.end(), key) != known.end(), "{}: unknown key {}{}",
          file.string(), key, nearest(key, known).empty() ? "" : ", near " + nearest(key, known));
  }
  const std::string input = toml.get("stdin", "none");
  check(input == "none" || input == "prompt", "{}: stdin must be none or prompt, found \"{}\"",
        file.string(), input);
  AgentTemplate agent{.name = file.stem().string(),
                      .command = words_of(toml, "command"),
                      .model = words_of(toml, "model"),
                      .prompt_on_stdin = input == "prompt",
                      .unset = words_of(toml, "unset"),
                      .ignored = words_of(toml, "ignored"),
                      .check = words_of(toml, "check"),
                      .install = toml.get("install", "")};
  check(!agent.command.empty(), "{}: command is missing or empty", file.string());
  return agent;
}

AgentTemplate own_template(const AgentConfig& config) {
  AgentTemplate agent;
  agent.name = "command";
  agent.command = config.command;
  // It runs in a copy that has the committed files only: a path is one from the lab.
  std::string& program = agent.command[0];
  if (program.find('/') != program.npos && program[0] != '/' && program[0] != '{') {
    program = "{lab}/" + fs::path(program).lexically_normal().string();
  }
  // A command that takes the brief in no other way gets it as its input.
  agent.prompt_on_stdin =
      std::none_of(config.command.begin(), config.command.end(),
                   [](const std::string& word) { return word.find("{prompt") != word.npos; });
  return agent;
}

/// The word with its placeholders replaced, in one pass: what is filled in is not looked at again.
std::string filled(const std::string& word, const AgentCall& call) {
  const std::pair<std::string_view, std::string> values[] = {
      {"{prompt}", call.prompt},
      {"{prompt_file}", call.prompt_file.string()},
      {"{workdir}", call.workdir.string()},
      {"{lab}", call.lab.string()},
      {"{model}", call.model}};
  std::string out;
  for (size_t at = 0; at < word.size();) {
    const auto found = std::find_if(std::begin(values), std::end(values), [&](const auto& value) {
      return word.compare(at, value.first.size(), value.first) == 0;
    });
    if (found == std::end(values)) {
      out += word[at++];
    } else {
      out += found->second;
      at += found->first.size();
    }
  }
  return out;
}

}  // namespace

std::vector<AgentTemplate> ready_agents(const fs::path& home) {
  std::vector<AgentTemplate> agents;
  if (!fs::is_directory(agents_folder(home))) return agents;
  for (const fs::directory_entry& entry : fs::directory_iterator(agents_folder(home))) {
    if (entry.path().extension() == ".toml") agents.push_back(read_template(entry.path()));
  }
  std::sort(agents.begin(), agents.end(),
            [](const AgentTemplate& a, const AgentTemplate& b) { return a.name < b.name; });
  return agents;
}

AgentTemplate agent_template(const AgentConfig& config, const fs::path& home) {
  if (!config.command.empty()) return own_template(config);
  const std::vector<AgentTemplate> ready = ready_agents(home);
  Words names;
  for (const AgentTemplate& agent : ready) {
    if (agent.name == config.name) return agent;
    names.push_back(agent.name);
  }
  fail("there is no ready agent \"{}\"; {}, or give agent.command in lab.toml", config.name,
       name_hint(config.name, names));
}

Words agent_command(const AgentTemplate& agent, const AgentCall& call) {
  const std::string input = agent.prompt_on_stdin ? call.prompt_file.string() : "/dev/null";
  Words command = {"/bin/sh", "-c", R"(exec "$@" < "$0")", input};
  for (const std::string& word : agent.command) command.push_back(filled(word, call));
  if (!call.model.empty()) {
    for (const std::string& word : agent.model) command.push_back(filled(word, call));
  }
  return command;
}

}  // namespace tern::loop
