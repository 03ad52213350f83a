#include <fmt/core.h>

#include <algorithm>

#include "loop/doctor/doctor.h"
#include "loop/propose/agent_proposer.h"
#include "loop/propose/llm_endpoint.h"
#include "loop/propose/untrusted_text.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"
#include "tern/sandbox/supervise.h"

extern char** environ;

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

using State = Finding::State;

constexpr double kCheckSeconds = 20;

constexpr const char* kProbeProgram =
    "# Program\n\nThis is only a test of the wiring. Change the override of `lr` from 3e-4f to "
    "1e-3f, "
    "and nothing else.\n";
constexpr const char* kProbeRecipe = R"(struct Recipe {
  float lr = 1e-4f;

  void overrides() {
    // overrides begin
    lr = 3e-4f;
    // overrides end
  }
};

int main() {}
)";

RecipeDescription probe_description() {
  KnobDescription lr;
  lr.name = lr.path = "lr";
  lr.type = "float";
  lr.value = "3e-4";
  lr.standard = "1e-4";
  lr.tries = {"1e-4", "3e-4", "1e-3"};
  return {.knobs = {lr}};
}

bool is_on_path(const std::string& program) {
  if (program.find('/') != program.npos) return fs::exists(program);
  const std::string path = process_environment("PATH");
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    std::error_code ignored;
    if (fs::is_regular_file(fs::path(path.substr(begin, end - begin)) / program, ignored)) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

/// Runs an agent's check command, which may hang or ask.
Finding look_at_agent(const AgentTemplate& agent, bool needed) {
  Finding finding{.name = "agent " + agent.name, .state = State::kGood, .found = "", .remedy = ""};
  const State lacking = needed ? State::kMissing : State::kNote;
  if (agent.check.empty() || !is_on_path(agent.check[0])) {
    return {finding.name, lacking, "not found", agent.install};
  }
  const TemporaryFolder folder;
  Job job;
  job.command = agent.check;
  job.folder = folder.path();
  job.log = folder / "log";
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string entry = *variable;
    const size_t equals = std::min(entry.find('='), entry.size());
    job.environment.emplace_back(entry.substr(0, equals),
                                 entry.substr(std::min(equals + 1, entry.size())));
  }
  job.limits.seconds = kCheckSeconds;
  const JobResult result = supervise(job);
  finding.found = one_line(last_lines(read_file(job.log), 1));
  if (result.exit_code == 0 && result.limit.empty()) return finding;
  return {finding.name, lacking,
          fmt::format("`{}` fails: {}", agent.check[0],
                      result.limit.empty() ? finding.found : result.limit),
          "set it up and sign in; `tern doctor --agent " + agent.name + "` then tries it"};
}

/// A word of a command with {lab} filled in.
std::string in_lab(std::string word, const Lab& lab) {
  constexpr std::string_view kPlace = "{lab}";
  const std::string root = lab.root().string();
  for (size_t at = 0; (at = word.find(kPlace, at)) != word.npos; at += root.size()) {
    word.replace(at, kPlace.size(), root);
  }
  return word;
}

Finding look_at_own_agent(const AgentTemplate& agent, const Lab& lab) {
  const std::string program = in_lab(agent.command[0], lab);
  if (is_on_path(program)) return {"agent command", State::kGood, program, ""};
  return {"agent command", State::kMissing, program + " is not found",
          "correct agent.command in lab.toml"};
}

Finding look_at_llm(const LlmConfig& config, bool needed) {
  try {
    const LlmEndpoint endpoint = llm_endpoint(config);
    return {"language model", State::kGood,
            fmt::format("{} at {}, {}", endpoint.model, endpoint.shown_base(),
                        endpoint.key.empty() ? "without a key" : "with a key"),
            ""};
  } catch (const Error& e) {
    return {"language model", needed ? State::kMissing : State::kNote, "not set up", e.what()};
  }
}

/// A lab for one call of an agent, and a history with a baseline.
Lab make_probe_lab(const fs::path& root) {
  write_file_atomically(root / "lab.toml", "version = 1\n");
  write_file_atomically(root / "program.md", kProbeProgram);
  write_file_atomically(root / "train.cpp", kProbeRecipe);
  write_file_atomically(root / ".gitignore", "/.tern/\n");
  fs::create_directories(root / ".tern");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"init", "--quiet", "--initial-branch=main"},
        {"add", "--all"},
        {"-c", "user.name=tern", "-c", "user.email=tern@localhost", "commit", "--quiet", "-m",
         "probe"}}) {
    std::vector<std::string> command = {"git", "-C", root.string()};
    command.insert(command.end(), words.begin(), words.end());
    const CapturedRun run = capture_process(command);
    check(run.exit_code == 0, "git failed: {}", run.output);
  }
  return Lab::find(root);
}

}  // namespace

std::vector<Finding> look_at_proposers(const fs::path& home, const std::optional<Lab>& lab) {
  const LabConfig config = lab ? lab->config() : LabConfig();
  const bool uses_agent = config.research.proposer == "agent";
  const bool uses_llm = config.research.proposer == "llm" || config.llm.mix > 0;
  const bool own = !config.agent.command.empty();
  std::vector<Finding> findings;
  for (const AgentTemplate& agent : ready_agents(home)) {
    findings.push_back(look_at_agent(agent, uses_agent && !own && agent.name == config.agent.name));
  }
  if (lab && own) findings.push_back(look_at_own_agent(agent_template(config.agent, home), *lab));
  findings.push_back(look_at_llm(config.llm, uses_llm));
  return findings;
}

Finding try_agent(AgentTemplate agent, const AgentConfig& config, const std::optional<Lab>& real) {
  if (real) {
    for (std::string& word : agent.command) word = in_lab(word, *real);
  }
  Finding finding{
      .name = "call of " + agent.name, .state = State::kGood, .found = "", .remedy = ""};
  const TemporaryFolder folder;
  const Lab lab = make_probe_lab(folder.path());
  const CapturedRun head = capture_process({"git", "-C", lab.root().string(), "rev-parse", "HEAD"});
  History history;
  history.apply(
      event::Session{.tag = "probe", .commit = head.output.substr(0, head.output.find('\n'))});
  const RecipeDescription recipe = probe_description();
  const Proposal proposal = AgentProposer(agent, config.model, config.seconds)
                                .propose({.lab = lab,
                                          .history = history,
                                          .source = kProbeRecipe,
                                          .recipe = recipe,
                                          .sigma = 0,
                                          .number = 1});
  if (proposal.refusal.empty()) {
    finding.found = "made a legal change: " + one_line(proposal.description);
    return finding;
  }
  return {finding.name, State::kMissing, one_line(proposal.refusal, 400),
          "see what it needs by calling it by hand: " + agent.command[0]};
}

}  // namespace tern::loop
