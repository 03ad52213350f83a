#include <fmt/core.h>

#include <algorithm>

#include "loop/doctor/doctor.h"
#include "loop/record/answers.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/home.h"
#include "tern/base/json.h"
#include "tern/contract/json_form.h"

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

void append(std::vector<Finding>& all, const std::vector<Finding>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void print_table(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    fmt::print("{:<8} {:<16} {}\n", name_of(finding.state), finding.name, finding.found);
    if (!finding.remedy.empty()) fmt::print("{:<8} {:<16} -> {}\n", "", "", finding.remedy);
  }
}

std::vector<FindingAnswer> answers_of(const std::vector<Finding>& findings) {
  std::vector<FindingAnswer> answers;
  for (const Finding& finding : findings) {
    answers.push_back(
        {.name = finding.name,
         .state = finding.state == State::kMissing ? "missing" : name_of(finding.state),
         .found = finding.found,
         .remedy = finding.remedy});
  }
  return answers;
}

struct DoctorOptions {
  bool json = false;
  std::string agent;

  void add_to(Flags& flags) {
    flags.add_json(json);
    flags.add(
        "agent", agent,
        "call this agent once for real: a ready one's name, or \"command\" for lab.toml's own");
  }
};

/// What the machine has, or with --agent what that agent does.
std::vector<Finding> look(const std::string& agent) {
  const fs::path home = tern_home();
  const std::optional<Lab> lab = Lab::look_for(".");
  if (agent.empty()) {
    std::vector<Finding> findings = look_at_tools(home);
    append(findings, look_at_machine(fs::current_path()));
    append(findings, look_at_proposers(home, lab));
    return findings;
  }
  AgentConfig config = lab ? lab->config().agent : AgentConfig();
  check(agent != "command" || !config.command.empty(),
        "--agent command calls lab.toml's agent.command, and there is none here");
  if (agent != "command") config.command.clear();
  config.name = agent;
  return {try_agent(agent_template(config, home), config, lab)};
}

int doctor(const DoctorOptions& options) {
  const std::vector<Finding> findings = look(options.agent);
  if (options.json) {
    fmt::print("{}\n", json_of(answers_of(findings)).dump_pretty());
  } else {
    print_table(findings);
  }
  const bool missing = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.state == State::kMissing;
  });
  return missing ? kFailure : kSuccess;
}

const RegisterCommand doctor_command(
    {.name = "doctor",
     .summary = "what is missing on this machine",
     .group = CommandGroup::kMachine,
     .place = 1,
     .description = "Says what is missing on this machine and how to mend it. Exit code 1: "
                    "something is missing that\nnothing goes without.",
     .options = runs(doctor)});

}  // namespace
}  // namespace tern::loop
