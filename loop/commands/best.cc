#include <fmt/core.h>

#include "loop/record/answers.h"
#include "loop/record/final_text.h"
#include "loop/record/ledger.h"
#include "loop/record/noise.h"
#include "loop/record/summary.h"
#include "loop/research/session.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/contract/json_form.h"
#include "tern/runner/stop_signals.h"

namespace tern::loop {
namespace {

struct BestOptions {
  bool json = false;
  bool score = false;

  void add_to(Flags& flags) {
    flags.add_json(json);
    flags.add("score", score, "score it on the final text, unless that was done");
  }
};

void score(const Lab& lab, std::FILE* out) {
  count_stop_signals();
  SessionOptions asked;
  asked.bounds.stops = stop_signals;
  asked.out = out;
  Session(lab, asked).research().score_finally();
}

void print_best(const Lab& lab, const History& history, const FinalText& text) {
  const Experiment& best = *history.incumbent();
  const Noise noise = estimate_noise(history);
  fmt::print("{:04}  val_ppl {:.4f}  {}\n", best.number, *best.val_ppl(), best.description);
  fmt::print("gain over the baseline: {}\n", describe(*total_gain(history, noise.sigma)));
  fmt::print("{}\n", describe(text));
  for (const std::string& change : knob_changes(*history.baseline(), best)) {
    fmt::print("  {}\n", change);
  }
  fmt::print("\nagain:  git -C {} show {}:train.cpp > train.cpp && tern train\n",
             lab.root().string(), best.commit.substr(0, 12));
}

int best(const BestOptions& options) {
  const Lab lab = Lab::find(".");
  if (options.score) score(lab, options.json ? stderr : stdout);
  const History history(read_ledger(lab.ledger()));
  check(history.incumbent() != nullptr,
        "there is no scored recipe yet; `tern research` measures the baseline first");
  const FinalText text = final_text(lab, history);
  if (options.json) {
    const BestAnswer answer = {answer_of(*history.incumbent()), text.ppl, text.uses};
    fmt::print("{}\n", json_of(answer).dump_pretty());
  } else {
    print_best(lab, history, text);
  }
  return kSuccess;
}

constexpr const char* kFooter =
    "The final text (data.final of lab.toml) is scored by --score alone. A score is kept and shown "
    "again; one\nof another recipe is another use of the text, and is counted.";

const RegisterCommand best_command(
    {.name = "best",
     .summary = "the best recipe so far",
     .group = CommandGroup::kSearch,
     .place = 4,
     .description = "Shows the best recipe so far and how to have it again.",
     .footer = kFooter,
     .options = runs(best)});

}  // namespace
}  // namespace tern::loop
