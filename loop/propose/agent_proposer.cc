#include "loop/propose/agent_proposer.h"

#include <fmt/core.h>

#include <algorithm>

#include "loop/boundary/refuse_folder.h"
#include "loop/boundary/refuse_text.h"
#include "loop/git/repository.h"
#include "loop/propose/brief.h"
#include "loop/propose/describe_change.h"
#include "loop/propose/lab_snapshot.h"
#include "loop/propose/proposers.h"
#include "loop/propose/refuse_change.h"
#include "loop/propose/untrusted_text.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/passing_folder.h"
#include "tern/sandbox/supervise.h"
#include "tern/sandbox/untrusted_file.h"

extern char** environ;

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

constexpr const char* kAnswer = "proposal.md";
constexpr uint64_t kMostAnswer = 4096;  // bytes
constexpr uint64_t kMostAgentLog = 16 << 20;
constexpr int64_t kMostWork = int64_t{2} << 30;

constexpr const char* kHandIn =
    R"(## How to hand it in

You are in a copy of the lab, made for this one call. Edit `train.cpp` here, in place. Then write a
file `proposal.md` here: its first line says what you changed ("lr: 3e-4 -> 1e-3"), its second line
what you expect of it. Leave everything else as it is, and end.
)";

/// The caller's environment without what would mislead the agent, or lead git elsewhere.
std::vector<std::pair<std::string, std::string>> environment_of(const AgentTemplate& agent,
                                                                const std::string& mark) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view entry = *variable;
    const size_t equals = std::min(entry.find('='), entry.size());
    const std::string name(entry.substr(0, equals));
    const bool unset = std::find(agent.unset.begin(), agent.unset.end(), name) != agent.unset.end();
    if (unset || name.empty() || name.starts_with("GIT_") || name == kJobMark) continue;
    variables.emplace_back(name, entry.substr(std::min(equals + 1, entry.size())));
  }
  variables.emplace_back(kJobMark, mark);
  return variables;
}

/// Copies what git does not keep for itself.
void copy_files(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    if (entry.path().filename() == ".git") continue;
    fs::copy(entry.path(), to / entry.path().filename(),
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  }
}

/// The lines of proposal.md that are not empty, without the marks of Markdown.
std::vector<std::string> answer_lines(const fs::path& work) {
  const std::string text = read_untrusted(work / kAnswer, kMostAnswer).value_or("");
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = std::string_view(text).substr(begin, end - begin);
    line.remove_prefix(std::min(line.find_first_not_of("#*- \t"), line.size()));
    if (!line.empty()) lines.push_back(one_line(line));
    begin = end + 1;
  }
  return lines;
}

std::unique_ptr<Proposer> make_agent(const Lab& lab, const ProposerOptions& options) {
  const AgentConfig& agent = lab.config().agent;
  return std::make_unique<AgentProposer>(agent_template(agent, options.home), agent.model,
                                         agent.seconds, options.interrupted);
}

const Register<ProposerKind> registration(proposers(), "agent", {make_agent},
                                          "a coding agent's command in a copy of the lab", "");

}  // namespace

/// One call and what becomes of it.
struct AgentProposer::Call {
  const Situation& situation;
  fs::path folder;  // .tern/agent/NNNN
  PassingFolder work{folder / "work"};
  PassingFolder pristine{folder / "pristine"};
  JobResult result = {};
  Proposal proposal = {};

  fs::path log() const { return folder / "log.txt"; }
  std::string mark() const { return "agent of " + folder.string(); }
  /// The last words of the agent, and whether its time was up: what a refusal needs to be mended.
  std::string last_words() const {
    const std::string text = read_untrusted(log(), kMostAgentLog).value_or("");
    const std::string words = one_line(last_lines(text, 3), 300);
    std::string out = result.limit.empty() ? "" : "; " + one_line(result.limit);
    return out + (words.empty() ? "; it said nothing" : "; its last words: " + words);
  }
};

AgentProposer::AgentProposer(AgentTemplate agent, std::string model, double seconds,
                             std::function<bool()> interrupted)
    : agent_(std::move(agent)),
      model_(std::move(model)),
      seconds_(seconds),
      interrupted_(std::move(interrupted)) {}

Proposal AgentProposer::propose(const Situation& situation) {
  const Lab& lab = situation.lab;
  Call call{.situation = situation,
            .folder = lab.root() / ".tern" / "agent" / fmt::format("{:04}", situation.number)};
  kill_leftovers(call.mark());  // of a loop that was itself killed while it waited
  fs::create_directories(call.folder);
  const Repository repository(lab.root());
  repository.copy_to(call.work.path(), situation.history.tip(), "proposal");
  write_file_atomically(call.work.path() / "train.cpp", situation.source);
  copy_files(call.work.path(), call.pristine.path());
  write_file_atomically(call.folder / "brief.md", make_brief(situation) + kHandIn);

  call.proposal.proposer = "agent";
  call.proposal.family = agent_.name;
  const LabSnapshot snapshot(lab);
  run(call);
  const std::string touched = snapshot.put_back(call.folder);
  judge(call);
  if (!touched.empty()) call.proposal.refusal = touched;
  return call.proposal;
}

void AgentProposer::run(Call& call) const {
  Job job;
  job.command = agent_command(agent_, {.prompt = read_file(call.folder / "brief.md"),
                                       .prompt_file = call.folder / "brief.md",
                                       .workdir = call.work.path(),
                                       .lab = call.situation.lab.root(),
                                       .model = model_});
  job.folder = call.work.path();
  job.log = call.log();
  job.environment = environment_of(agent_, call.mark());
  job.limits.seconds = seconds_;
  job.limits.folder_bytes = kMostWork;
  job.watch = [this](double) {
    return interrupted_ && interrupted_() ? std::string("stopped, as asked") : std::string();
  };
  call.result = supervise(job);
}

void AgentProposer::judge(Call& call) const {
  Proposal& proposal = call.proposal;
  const fs::path work = call.work.path();
  const std::string& before = call.situation.source;
  const RecipeDescription& recipe = call.situation.recipe;
  const std::vector<std::string> said = answer_lines(work);
  proposal.description = said.empty() ? "nothing" : said[0];
  proposal.expectation = said.size() > 1 ? said[1] : "";
  if (!call.result.stopped.empty()) {
    proposal.refusal = "the agent was " + call.result.stopped;
    return;
  }
  std::vector<std::string> ignored = agent_.ignored;
  ignored.push_back(kAnswer);
  proposal.refusal = refuse_folder(work, call.pristine.path(), ignored);
  if (!proposal.refusal.empty()) return;
  const auto source = read_untrusted(work / "train.cpp", kLargestRecipe + 1);
  if (!source || *source == before) {
    proposal.refusal = "the agent changed nothing" + call.last_words();
    return;
  }
  proposal.source = *source;
  if (said.empty()) proposal.description = describe_change(before, *source, recipe);
  proposal.refusal = refuse_change(*source, before, recipe, call.situation.history);
}

}  // namespace tern::loop
