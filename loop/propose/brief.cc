#include "loop/propose/brief.h"

#include <fmt/core.h>

#include "loop/propose/brief_parts.h"
#include "loop/propose/untrusted_text.h"
#include "loop/record/noise.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern::loop {
namespace {

constexpr uint64_t kMostProgram = 32 << 10;  // bytes of program.md
constexpr size_t kResults = 15;

constexpr const char* kTask =
    R"(# Your task: propose one experiment

You are one step of a loop that looks for a better recipe. Make ONE focused change of `train.cpp` that
you expect to lower the validation perplexity (val_ppl), and say in one line what you expect of it.
That is all: the loop itself builds, trains, scores, and keeps or drops your change. Do not run
anything that trains or scores, do not commit, and do not ask back; nobody answers. Where the program
below speaks of running, committing or going on, the loop does that.

)";

constexpr const char* kBoundary =
    R"(## What may be changed

Only `train.cpp`, a regular file of at most 200 KB. Anything else that is changed, added or removed
makes the proposal void. Also refused: a change of comments, blanks or the knob `seed` alone, and a
recipe that has been tried before (see the table), however it is written. The knobs `time_budget` and
`tokens` decide nothing; the lab does. Keep the change small enough that its effect can be told from
everything else.

)";

std::string percent(double nats) { return fmt::format("{:.2f} %", 100 * nats); }

std::string incumbent_part(const Situation& situation) {
  const Experiment* best = situation.history.incumbent();
  if (best == nullptr) return "## The incumbent\n\nThere is no result yet.\n\n";
  std::string out = fmt::format("## The incumbent: experiment {}\n\n`train.cpp` as you find it. {}",
                                best->number, one_line(best->description));
  if (const auto ppl = best->val_ppl()) {
    out += fmt::format("\nval_ppl {:.4f} over {} run(s)", *ppl, best->estimate_runs().size());
  }
  if (situation.sigma > 0) {
    out += fmt::format("; runs that differ in nothing but their seed scatter by {} (sigma)",
                       percent(situation.sigma));
  }
  return out + ".\n\n";
}

std::string program_part(const Lab& lab) {
  const auto program = read_untrusted(lab.root() / "program.md", kMostProgram);
  if (!program || program->empty()) return {};
  return "## program.md, the instructions of this lab\n\n" + *program + "\n\n";
}

}  // namespace

std::string make_brief(const Situation& situation) {
  std::string out = kTask;
  out += program_part(situation.lab);
  out += incumbent_part(situation);
  out += results_part(situation.history, kResults);
  out += near_misses_part(situation.history, situation.sigma);
  out += dead_ends_part(situation.history);
  out += layers_part(situation.lab, situation.history);
  out += crash_part(situation.lab, situation.history);
  out += knobs_part(situation.recipe);
  out += kBoundary;
  return out;
}

}  // namespace tern::loop
