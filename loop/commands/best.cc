#include <fmt/core.h>

#include "loop/record/answers.h"
#include "loop/record/ledger.h"
#include "loop/record/noise.h"
#include "loop/record/summary.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/contract/json_form.h"

namespace tern::loop {
namespace {

struct BestOptions {
  bool json = false;

  void add_to(Flags& flags) { flags.add_json(json); }
};

int best(const BestOptions& options) {
  const Lab lab = Lab::find(".");
  const History history(read_ledger(lab.ledger()));
  const Experiment* best = history.incumbent();
  check(best != nullptr,
        "there is no scored recipe yet; `tern research` measures the baseline first");
  if (options.json) {
    fmt::print("{}\n", json_of(answer_of(*best)).dump_pretty());
    return kSuccess;
  }
  const Noise noise = estimate_noise(history);
  fmt::print("{:04}  val_ppl {:.4f}  {}\n", best->number, *best->val_ppl(), best->description);
  fmt::print("gain over the baseline: {}\n", describe(*total_gain(history, noise.sigma)));
  for (const std::string& change : knob_changes(*history.baseline(), *best)) {
    fmt::print("  {}\n", change);
  }
  fmt::print("\nagain:  git -C {} show {}:train.cpp > train.cpp && tern train\n",
             lab.root().string(), best->commit.substr(0, 12));
  return kSuccess;
}

const RegisterCommand best_command(
    {.name = "best",
     .summary = "the best recipe so far",
     .group = CommandGroup::kSearch,
     .place = 4,
     .description = "Shows the best recipe so far and how to have it again.",
     .options = runs(best)});

}  // namespace
}  // namespace tern::loop
