#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "loop/propose/agent_templates.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// One thing that `tern doctor` looked at.
struct Finding {
  enum class State {
    kGood,
    kNote,     // something optional is missing, or could be better
    kMissing,  // nothing goes without it
  };

  std::string name;
  State state = State::kGood;
  std::string found;   // what there is
  std::string remedy;  // the command or step that mends it; empty when nothing needs mending
};

/// Compiler, git, and the page of `tern report`. `home` is Tern's folder.
std::vector<Finding> look_at_tools(const std::filesystem::path& home);

/// Sandbox, memory, disk (where `folder` is), and what the CPU can.
std::vector<Finding> look_at_machine(const std::filesystem::path& folder);

/// The ready agents and the language model's settings; what the lab, if any, is set to use must be
/// there.
std::vector<Finding> look_at_proposers(const std::filesystem::path& home,
                                       const std::optional<Lab>& lab);

/// Calls an agent once for real, with a small task in a lab made for it; {lab} in its command still
/// stands for the real lab, if any.
Finding try_agent(AgentTemplate agent, const AgentConfig& config, const std::optional<Lab>& real);

}  // namespace tern::loop
