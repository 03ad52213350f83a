#include <fmt/core.h>

#include "loop/record/answers.h"
#include "loop/record/ledger.h"
#include "loop/research/session.h"
#include "tern/base/command.h"
#include "tern/base/flags.h"
#include "tern/contract/json_form.h"
#include "tern/runner/stop_signals.h"

namespace tern::loop {
namespace {

void measure(const Lab& lab, int64_t runs, std::FILE* out) {
  count_stop_signals();
  SessionOptions options;
  options.bounds.stops = stop_signals;
  options.out = out;
  Session(lab, options).research().measure_noise(runs);
}

void print_noise(const History& history, const NoiseAnswer& noise) {
  if (!noise.sigma) {
    fmt::print("sigma is not known yet: it takes two runs of one recipe; {} makes some\n",
               history.baseline() == nullptr ? "`tern research`" : "`tern noise --runs 3`");
    return;
  }
  fmt::print(
      "sigma {:.3f} % of perplexity for one run, between {:.3f} and {:.3f} % with 90 % "
      "probability\nfrom {} runs of the recipes that the lab stood on:\n",
      100 * *noise.sigma, 100 * noise.low.value_or(0), 100 * noise.high.value_or(0), noise.runs);
  for (const Experiment& e : history.experiments()) {
    if (e.status != Status::kBaseline && e.status != Status::kKeep) continue;
    for (const RunRecord* run : e.fresh_runs()) {
      fmt::print("  {:04} seed {:<8} val_ppl {:.4f}\n", e.number, run->seed, *run->val_ppl);
    }
  }
}

struct NoiseOptions {
  bool json = false;
  int64_t runs = 0;

  void add_to(Flags& flags) {
    flags.add_json(json);
    flags.add("runs", runs, "first run the best recipe with so many more seeds");
  }
  void check() const { require_not_negative({{"runs", static_cast<double>(runs)}}); }
};

int noise(const NoiseOptions& options) {
  const Lab lab = Lab::find(".");
  if (options.runs > 0) measure(lab, options.runs, options.json ? stderr : stdout);
  const History history(read_ledger(lab.ledger()));
  const NoiseAnswer answer = noise_of(lab, history);
  if (options.json) {
    fmt::print("{}\n", json_of(answer).dump_pretty());
    return kSuccess;
  }
  print_noise(history, answer);
  if (!answer.cannot_decide.empty()) fmt::print("{}\n", answer.cannot_decide);
  return kSuccess;
}

const RegisterCommand noise_command(
    {.name = "noise",
     .summary = "how much scores differ from seed to seed",
     .group = CommandGroup::kSearch,
     .place = 7,
     .description = "Shows how much the score of one recipe differs from seed to seed.",
     .options = runs(noise)});

}  // namespace
}  // namespace tern::loop
