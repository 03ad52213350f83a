#include <fmt/core.h>

#include "loop/display.h"
#include "loop/loop_lock.h"
#include "loop/record/ledger.h"
#include "loop/record/summary.h"
#include "tern/base/command.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"

namespace tern {
namespace {

void print_noise(const Noise& noise) {
  if (noise.sigma == 0) {
    fmt::print("noise         not known yet: it takes two runs of one recipe\n");
    return;
  }
  fmt::print("noise         sigma {:.3f} % of perplexity, from {} runs\n", 100 * noise.sigma,
             noise.runs);
}

void print_status(const Lab& lab, const History& history, const Json& summary) {
  const int process = running_loop(lab);
  fmt::print("lab           {}\nbranch        {}\nloop          {}\n", lab.root().string(),
             summary.at("branch").as_string(),
             process != 0 ? fmt::format("running, process {}", process) : "not running");
  if (process != 0 && std::filesystem::exists(status_file(lab))) {
    fmt::print("now           {}\n", Json::read(status_file(lab)).get("text", ""));
  }
  std::string counts;
  for (const auto& [name, count] : summary.at("counts").members()) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.as_int(), name);
  }
  fmt::print("experiments   {}\n", counts.empty() ? "none yet" : counts);
  const Noise noise = estimate_noise(history);
  const Experiment *best = history.incumbent(), *baseline = history.baseline();
  if (best != nullptr && baseline != nullptr) {
    fmt::print("baseline      val_ppl {:.4f}\n", *baseline->val_ppl());
    fmt::print("best          {:04}: {}\n              val_ppl {:.4f}{}\n", best->number,
               best->description, *best->val_ppl(), ratio_text(history, *best->val_ppl()));
    fmt::print("gain          {}\n", describe(total_gain(history, noise.sigma)));
  }
  print_noise(noise);
  const std::string& power = summary.at("cannot_decide").as_string();
  if (!power.empty()) fmt::print("{}\n", power);
}

int status(const std::vector<std::string>& arguments) {
  bool json = false;
  Flags flags("tern status", "Shows where the research stands, and what the loop does right now.");
  flags.add("json", json, "print JSON");
  if (!flags.parse(arguments)) {
    fmt::print("{}", flags.help());
    return kSuccess;
  }
  const Lab lab = Lab::find(".");
  const History history(read_ledger(lab.ledger()));
  Json summary = summary_of(lab, history);
  if (!json) {
    print_status(lab, history, summary);
    return kSuccess;
  }
  if (running_loop(lab) != 0 && std::filesystem::exists(status_file(lab))) {
    summary.set("now", Json::read(status_file(lab)));
  }
  fmt::print("{}\n", summary.dump_pretty());
  return kSuccess;
}

const RegisterCommand registration({"status", "where the research stands", status});

}  // namespace
}  // namespace tern
