#include "loop/record/experiment.h"

#include <array>
#include <cmath>

#include "tern/base/error.h"

namespace tern::loop {
namespace {

constexpr std::array<std::string_view, 7> kOutcomes = {"running", "scored", "crash",      "timeout",
                                                       "pruned",  "void",   "interrupted"};
constexpr std::array<std::string_view, 7> kStatuses = {"running", "baseline", "keep",    "discard",
                                                       "crash",   "timeout",  "rejected"};

template <size_t n>
size_t index_of(const std::array<std::string_view, n>& names, std::string_view name,
                const char* what) {
  for (size_t i = 0; i < n; ++i) {
    if (names[i] == name) return i;
  }
  fail("there is no {} \"{}\"; the ledger was written by another Tern", what, name);
}

/// Mean of a figure over the runs that have it, empty without any.
template <class Figure>
std::optional<double> mean_of(const std::vector<const RunRecord*>& runs, Figure&& figure) {
  double sum = 0;
  int n = 0;
  for (const RunRecord* run : runs) {
    if (const std::optional<double> value = figure(*run)) sum += *value, ++n;
  }
  if (n == 0) return std::nullopt;
  return sum / n;
}

}  // namespace

std::string_view name_of(Outcome outcome) { return kOutcomes[static_cast<size_t>(outcome)]; }
std::string_view name_of(Status status) { return kStatuses[static_cast<size_t>(status)]; }
Outcome outcome_named(std::string_view name) {
  return static_cast<Outcome>(index_of(kOutcomes, name, "outcome"));
}
Status status_named(std::string_view name) {
  return static_cast<Status>(index_of(kStatuses, name, "status"));
}

Json json_of(Outcome outcome) { return name_of(outcome); }
Json json_of(Status status) { return name_of(status); }
void read_json(const Json& json, Outcome& out) { out = outcome_named(json.as_string()); }
void read_json(const Json& json, Status& out) { out = status_named(json.as_string()); }

const std::string* value_of(const KnobValues& knobs, std::string_view name) {
  for (const auto& [knob, value] : knobs) {
    if (knob == name) return &value;
  }
  return nullptr;
}

Json object_of(const KnobValues& knobs) {
  Json object = Json::object();
  for (const auto& [knob, value] : knobs) object.set(knob, value);
  return object;
}

const RunRecord* Experiment::scored(uint64_t seed) const {
  for (const RunRecord& run : runs) {
    if (run.outcome == Outcome::kScored && run.seed == seed && !run.stale) return &run;
  }
  return nullptr;
}

std::vector<const RunRecord*> Experiment::fresh_runs() const {
  std::vector<const RunRecord*> fresh;
  bool selecting = base != 0;  // the first scored run selected it, unless it is the baseline
  for (const RunRecord& run : runs) {
    if (run.outcome != Outcome::kScored) continue;
    if (!selecting && !run.stale && run.comparison != 0) fresh.push_back(&run);
    selecting = false;
  }
  return fresh;
}

std::vector<const RunRecord*> Experiment::estimate_runs() const {
  std::vector<const RunRecord*> chosen = fresh_runs();
  for (const RunRecord& run : runs) {
    if (!chosen.empty()) break;
    if (run.outcome == Outcome::kScored) chosen.push_back(&run);
  }
  return chosen;
}

bool Experiment::comparable() const {
  const std::vector<const RunRecord*> estimate = estimate_runs();
  return estimate.empty() || !estimate.front()->stale;
}

std::optional<double> Experiment::val_ppl() const {
  const std::optional<double> nats = mean_of(estimate_runs(), [](const RunRecord& run) {
    return run.val_ppl ? std::optional(std::log(*run.val_ppl)) : std::nullopt;
  });
  return nats ? std::optional(std::exp(*nats)) : std::nullopt;
}

std::optional<double> Experiment::val_bpb() const {
  return mean_of(estimate_runs(), [](const RunRecord& run) { return run.val_bpb; });
}

}  // namespace tern::loop
