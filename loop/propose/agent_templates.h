#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tern/lab_files/lab.h"

namespace tern::loop {

/// How a coding agent is called once, without a person: share/tern/lab/agents/NAME.toml, or the
/// command of a lab.toml. In the words of `command` and `model`, {prompt} stands for the brief,
/// {prompt_file} for the file that holds it, {workdir} for the folder to work in, {lab} for the
/// lab's and {model} for the model's name.
struct AgentTemplate {
  std::string name;                  // "command" for a lab's own
  std::vector<std::string> command;  // as given, without shell
  std::vector<std::string> model;    // words added when the lab names a model
  bool prompt_on_stdin = false;      // else its standard input is empty
  std::vector<std::string> unset;    // environment variables that would mislead it
  std::vector<std::string> ignored;  // litter at the top of the work folder; a * ends a prefix
  std::vector<std::string> check;    // succeeds where the agent is installed
  std::string install;               // the command that installs it
};

/// The agent of a lab: its own command, else the ready template of that name. Throws an Error that
/// names the nearest ready one when there is none.
AgentTemplate agent_template(const AgentConfig& config, const std::filesystem::path& home);

/// All ready templates in `home`, by name.
std::vector<AgentTemplate> ready_agents(const std::filesystem::path& home);

/// What the placeholders stand for.
struct AgentCall {
  std::string prompt;
  std::filesystem::path prompt_file;
  std::filesystem::path workdir;
  std::filesystem::path lab;
  std::string model;
};

/// The command line of a call, standard input included.
std::vector<std::string> agent_command(const AgentTemplate& agent, const AgentCall& call);

}  // namespace tern::loop
