#include <fmt/core.h>

#include "loop/record/answers.h"
#include "loop/record/ledger.h"
#include "loop/record/summary.h"
#include "loop/research/display.h"
#include "tern/base/command.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/contract/json_form.h"

namespace tern::loop {
namespace {

void print_noise(const StatusAnswer& status) {
  if (!status.sigma) {
    fmt::print("noise         not known yet: it takes two runs of one recipe\n");
    return;
  }
  fmt::print("noise         sigma {:.3f} % of perplexity, from {} runs\n", 100 * *status.sigma,
             status.sigma_runs);
}

void print_status(const History& history, const StatusAnswer& status) {
  fmt::print("lab           {}\nbranch        {}\nloop          {}\n", status.lab,
             status.branch.empty() ? "none yet" : status.branch,
             status.loop_process != 0 ? fmt::format("running, process {}", status.loop_process)
                                      : "not running");
  if (status.now) fmt::print("now           {}\n", status.now->get("text", ""));
  std::string counts;
  for (const auto& [name, count] : status.counts.members()) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.as_int(), name);
  }
  fmt::print("experiments   {}\n", counts.empty() ? "none yet" : counts);
  const Experiment *best = history.incumbent(), *baseline = history.baseline();
  if (best != nullptr && baseline != nullptr) {
    fmt::print("baseline      val_ppl {:.4f}\n", *baseline->val_ppl());
    fmt::print("best          {:04}: {}\n              val_ppl {:.4f}{}\n", best->number,
               best->description, *best->val_ppl(), ratio_text(history, *best->val_ppl()));
    fmt::print("gain          {}\n", describe(*total_gain(history, status.sigma.value_or(0))));
  }
  print_noise(status);
  if (!status.cannot_decide.empty()) fmt::print("{}\n", status.cannot_decide);
}

struct StatusOptions {
  bool json = false;

  void add_to(Flags& flags) { flags.add_json(json); }
};

int status(const StatusOptions& options) {
  const Lab lab = Lab::find(".");
  const History history(read_ledger(lab.ledger()));
  StatusAnswer answer = status_of(lab, history);
  if (answer.loop_process != 0 && std::filesystem::exists(status_file(lab))) {
    answer.now = Json::read(status_file(lab));
  }
  if (options.json) {
    fmt::print("{}\n", json_of(answer).dump_pretty());
  } else {
    print_status(history, answer);
  }
  return kSuccess;
}

const RegisterCommand status_command(
    {.name = "status",
     .summary = "where the research stands",
     .group = CommandGroup::kSearch,
     .place = 2,
     .description = "Shows where the research stands, and what the loop does right now.",
     .options = runs(status)});

}  // namespace
}  // namespace tern::loop
