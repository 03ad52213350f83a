#include <fmt/core.h>

#include <algorithm>

#include "loop/doctor/doctor.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/home.h"
#include "tern/base/json.h"

namespace tern::loop {
namespace {

namespace fs = std::filesystem;
using State = Finding::State;

const char* name_of(State state) {
  switch (state) {
    case State::kGood:
      return "ok";
    case State::kNote:
      return "note";
    case State::kMissing:
      return "MISSING";
  }
  return "";
}

std::optional<Lab> lab_here() {
  for (fs::path folder = fs::current_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / "lab.toml")) return Lab::find(folder);
    if (folder == folder.root_path()) return std::nullopt;
  }
}

void append(std::vector<Finding>& all, const std::vector<Finding>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void print_table(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    fmt::print("{:<8} {:<16} {}\n", name_of(finding.state), finding.name, finding.found);
    if (!finding.remedy.empty()) fmt::print("{:<8} {:<16} -> {}\n", "", "", finding.remedy);
  }
}

Json json_of(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back(Json::Object{
        {"name", finding.name},
        {"state", finding.state == State::kMissing ? "missing" : name_of(finding.state)},
        {"found", finding.found},
        {"remedy", finding.remedy}});
  }
  return list;
}

int doctor(const std::vector<std::string>& arguments) {
  bool json = false;
  std::string agent;
  Flags flags("tern doctor",
              "Says what is missing on this machine and how to mend it. Exit code 1: something is "
              "missing that nothing goes without.");
  flags.add("json", json, "print JSON");
  flags.add("agent", agent,
            "call this agent once for real: a ready one's name, or \"command\" for lab.toml's own");
  if (!flags.parse(arguments)) {
    fmt::print("{}", flags.help());
    return kSuccess;
  }
  const fs::path home = tern_home();
  const std::optional<Lab> lab = lab_here();
  std::vector<Finding> findings;
  if (agent.empty()) {
    append(findings, look_at_tools(home));
    append(findings, look_at_machine(fs::current_path()));
    append(findings, look_at_proposers(home, lab));
  } else {
    AgentConfig config = lab ? lab->config().agent : AgentConfig();
    check(agent != "command" || !config.command.empty(),
          "--agent command calls lab.toml's agent.command, and there is none here");
    if (agent != "command") config.command.clear();
    config.name = agent;
    findings.push_back(try_agent(agent_template(config, home), config, lab));
  }
  if (json) {
    fmt::print("{}\n", json_of(findings).dump_pretty());
  } else {
    print_table(findings);
  }
  const bool missing = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.state == State::kMissing;
  });
  return missing ? kFailure : kSuccess;
}

const RegisterCommand registration({"doctor", "what is missing on this machine", doctor});

}  // namespace
}  // namespace tern::loop
