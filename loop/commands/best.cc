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
  bool places = false;
  int64_t pairs = 3;

  void add_to(Flags& flags) {
    flags.add_json(json);
    flags.add("score", score, "score it on the final text, unless that was done");
    flags.add("check", places, "take each kept change out once: which still earn their place?");
    flags.add("pairs", pairs, "runs of either side for --check");
  }
  void check() const { require_positive({{"pairs", static_cast<double>(pairs)}}); }
};

/// What is asked of the loop's parts first.
std::vector<Place> work(const Lab& lab, const BestOptions& options) {
  count_stop_signals();
  SessionOptions asked;
  asked.bounds.stops = stop_signals;
  asked.out = options.json ? stderr : stdout;
  Session session(lab, asked);
  std::vector<Place> places;
  if (options.places) places = session.research().check_places(options.pairs);
  if (options.score && stop_signals() == 0) session.research().score_finally();
  return places;
}

void print_places(const History& history, const std::vector<Place>& places) {
  if (places.empty()) return;
  fmt::print("\n{:<5} {:<20} {:<5}  {}\n", "exp", "without it", "pairs", "");
  for (const Place& place : places) {
    const std::string error =
        place.error ? fmt::format(" ± {:.2f} %", 100 * *place.error) : std::string();
    fmt::print("{:04}  {:<20} {:<5}  {} ({})\n", place.kept,
               place.loss ? describe_gain(-*place.loss) + error : "", place.pairs, place.verdict,
               history.at(place.kept).description);
  }
  fmt::print("\n");
}

std::vector<PlaceAnswer> answers_of(const std::vector<Place>& places) {
  std::vector<PlaceAnswer> answers;
  for (const Place& place : places) {
    answers.push_back({.kept = place.kept,
                       .experiment = place.experiment,
                       .pairs = place.pairs,
                       .loss = place.loss,
                       .loss_error = place.error,
                       .verdict = place.verdict});
  }
  return answers;
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
  std::vector<Place> places;
  if (options.score || options.places) places = work(lab, options);
  const History history(read_ledger(lab.ledger()));
  check(history.incumbent() != nullptr,
        "there is no scored recipe yet; `tern research` measures the baseline first");
  const FinalText text = final_text(lab, history);
  if (options.json) {
    const BestAnswer answer = {answer_of(*history.incumbent()), text.ppl, text.uses,
                               answers_of(places)};
    fmt::print("{}\n", json_of(answer).dump_pretty());
  } else {
    print_places(history, places);
    print_best(lab, history, text);
  }
  return kSuccess;
}

constexpr const char* kFooter =
    "The final text (data.final of lab.toml) is scored by --score alone. A score is kept and shown "
    "again; one\nof another recipe is another use of the text, and is counted. --check runs the "
    "best recipe and, "
    "for each kept\nchange, what is left without it, on the same fresh seeds; the branch stays as "
    "it is.";

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
