#include "loop/propose/trials.h"

#include "loop/propose/refuse_recipe.h"

namespace tern::loop {
namespace {

Trial trial_of(const Experiment& e, const Experiment* base, const SearchSpace& space) {
  Trial trial{.experiment = &e, .values = {}, .acts = {}, .changes = {}, .level = {}};
  const RecipeDescription recipe = space.with(e.knobs);
  for (size_t i = 0; i < space.knobs().size(); ++i) {
    const std::string& name = space.knobs()[i].name;
    const std::string* value = value_of(e.knobs, name);
    trial.acts.push_back(recipe.find(name)->acts);
    trial.values.push_back(value == nullptr ? std::nullopt : std::optional(*value));
    const std::string* before = base == nullptr ? nullptr : value_of(base->knobs, name);
    if (value != nullptr && before != nullptr && !same_value(*value, *before)) {
      trial.changes.push_back({i, *value});
    }
  }
  return trial;
}

/// For each experiment, by number from 1, the one whose code it shares: these proposers write
/// overrides and touch nothing else.
std::vector<int64_t> code_origins(const History& history) {
  std::vector<int64_t> origins = {0};
  for (const Experiment& e : history.experiments()) {
    const bool knobs_only = e.proposer == "builtin" || e.proposer == "random";
    origins.push_back(knobs_only && e.base > 0 ? origins[static_cast<size_t>(e.base)] : e.number);
  }
  return origins;
}

}  // namespace

std::vector<Trial> trials_of(const History& history, const SearchSpace& space) {
  std::vector<Trial> trials;
  std::vector<double> levels = {0};  // by number
  for (const Experiment& e : history.experiments()) {
    const double base_level = levels[static_cast<size_t>(e.base)];
    levels.push_back(base_level + e.gain.value_or(0));
    if (e.status == Status::kRunning || e.status == Status::kRejected) continue;
    Trial trial = trial_of(e, e.base == 0 ? nullptr : &history.at(e.base), space);
    if (e.base == 0 || e.gain) trial.level = levels.back();
    trials.push_back(std::move(trial));
  }
  return trials;
}

std::set<std::string> tried_keys(const History& history, const SearchSpace& space) {
  std::set<std::string> keys;
  const std::vector<int64_t> origins = code_origins(history);
  if (history.incumbent() == nullptr) return keys;
  const int64_t origin = origins[static_cast<size_t>(history.incumbent()->number)];
  for (const Experiment& e : history.experiments()) {
    if (origins[static_cast<size_t>(e.number)] != origin) continue;
    keys.insert(values_key(space.with(e.knobs)));
  }
  return keys;
}

}  // namespace tern::loop
