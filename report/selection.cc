#include "report/selection.h"

#include <algorithm>

namespace tern {
namespace {

constexpr size_t kKept = 40;    // the last ones
constexpr size_t kBest = 30;    // by score, kept or not
constexpr size_t kLatest = 30;  // whatever became of them
constexpr size_t kRuns = 3;     // of one experiment

}  // namespace

std::set<int64_t> experiments_with_curves(const loop::History& history) {
  std::set<int64_t> chosen;
  const auto choose = [&](const loop::Experiment& e) {
    chosen.insert(e.number);
    if (e.base != 0) chosen.insert(e.base);
  };
  std::vector<const loop::Experiment*> kept, scored;
  for (const loop::Experiment& e : history.experiments()) {
    if (e.status == loop::Status::kBaseline) choose(e);
    if (e.status == loop::Status::kKeep) kept.push_back(&e);
    if (e.val_ppl()) scored.push_back(&e);
    if (e.number + static_cast<int64_t>(kLatest) >= history.next_number()) choose(e);
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const loop::Experiment* a, const loop::Experiment* b) {
                     return *a->val_ppl() < *b->val_ppl();
                   });
  for (size_t i = 0; i < std::min(kBest, scored.size()); ++i) choose(*scored[i]);
  for (size_t i = kept.size() - std::min(kKept, kept.size()); i < kept.size(); ++i) {
    choose(*kept[i]);
  }
  return chosen;
}

std::vector<const loop::RunRecord*> runs_with_curves(const loop::Experiment& experiment) {
  std::vector<const loop::RunRecord*> chosen;
  for (const loop::RunRecord& run : experiment.runs) {
    if (run.outcome == loop::Outcome::kScored && chosen.size() < kRuns) chosen.push_back(&run);
  }
  if (chosen.empty() && !experiment.runs.empty()) chosen.push_back(&experiment.runs.back());
  return chosen;
}

}  // namespace tern
