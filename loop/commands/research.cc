#include <fmt/core.h>

#include "loop/decide/policies.h"
#include "loop/propose/proposers.h"
#include "loop/record/noise.h"
#include "loop/record/summary.h"
#include "loop/research/session.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/printable.h"
#include "tern/runner/stop_signals.h"

namespace tern::loop {
namespace {

constexpr const char* kFooter =
    "Without a bound it goes on for ever. It ends after the running experiment at the first Ctrl-C "
    "(or\n"
    "SIGTERM, or when there is a file STOP in the lab), and at once at the second; killed in any "
    "other\n"
    "way it goes on where it was when it is started again. See docs/research.md.";

void print_end(const History& history) {
  const Experiment *best = history.incumbent(), *baseline = history.baseline();
  if (best == nullptr || baseline == nullptr) return;
  const Noise noise = estimate_noise(history);
  fmt::print("\nbest: {:04} {}\nval_ppl {:.4f}{}\n", best->number, best->description,
             *best->val_ppl(), ratio_text(history, *best->val_ppl()));
  if (best != baseline) {
    fmt::print("gain over the baseline's {:.4f}: {}\n", *baseline->val_ppl(),
               describe(*total_gain(history, noise.sigma)));
  }
  fmt::print(
      "`tern log` lists the experiments, `tern report` draws them, `tern research` goes on\n");
}

struct ResearchOptions {
  SessionOptions session;

  void add_to(Flags& flags) {
    flags.add("experiments", session.bounds.experiments,
              "stop after so many experiments, the baseline included and refused proposals aside; "
              "0: never");
    flags.add("hours", session.bounds.hours,
              "begin no experiment after so many hours; 0: never stop");
    flags.add("proposer", session.proposer,
              "what proposes instead of lab.toml's: " + listed(proposers().values()));
    flags.add("policy", session.policy,
              "what decides instead of lab.toml's: " + listed(policies().values()));
    flags.add("mix", session.mix,
              "share of the builtin proposer's proposals that a language model makes; below 0: "
              "lab.toml's");
    flags.add("tag", session.tag, "name of the branch, tern/TAG, of a new line of research");
  }
  void check() const {
    require_not_negative({{"experiments", static_cast<double>(session.bounds.experiments)},
                          {"hours", session.bounds.hours}});
    if (!session.proposer.empty()) proposers().at(session.proposer);
    if (!session.policy.empty()) policies().at(session.policy);
  }
};

int research(const ResearchOptions& options) {
  count_stop_signals();
  SessionOptions asked = options.session;
  asked.bounds.stops = stop_signals;
  const Lab lab = Lab::find(".");
  Session session(lab, asked);
  try {
    session.research().run();
  } catch (const Error& e) {
    if (stop_signals() < 2) throw;
    fmt::print(stderr, "tern: {}\n", printable(e.what()));  // what the stop broke off
  }
  print_end(session.history());
  return stop_signals() > 1 ? kStopped : kSuccess;
}

const RegisterCommand research_command(
    {.name = "research",
     .summary = "search for a better recipe, experiment by experiment",
     .group = CommandGroup::kSearch,
     .place = 1,
     .description =
         "Searches for a better recipe: proposes one change of train.cpp, runs it, scores "
         "it, keeps it or goes back,\nagain and again.",
     .footer = kFooter,
     .options = runs(research)});

}  // namespace
}  // namespace tern::loop
