#include "loop/record/summary.h"

#include <algorithm>
#include <cmath>

#include "loop/loop_lock.h"
#include "tern/base/error.h"
#include "tern/contract/json_form.h"
#include "tern/contract/knob_description.h"

namespace tern {
namespace {

Json to_json(const RunRecord& run) {
  const Json result = json_of<RunResult>(run);
  Json json = Json::Object{{"run", run.number}, {"seed", run.seed}};
  for (const auto& [name, value] : result.members()) json.set(name, value);
  json.set("stale", run.stale);
  return json;
}

double percent(double nats) { return 100 * (1 - std::exp(-nats)); }

std::string number_or_blank(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "";
}

}  // namespace

Json to_json(const Experiment& e) {
  Json runs = Json::array();
  for (const RunRecord& run : e.runs) runs.push_back(to_json(run));
  Json knobs = Json::object();
  for (const auto& [name, value] : e.knobs) knobs.set(name, value);
  return Json::Object{{"experiment", e.number},
                      {"status", name_of(e.status)},
                      {"val_ppl", json_of(e.val_ppl())},
                      {"val_bpb", json_of(e.val_bpb())},
                      {"gain", json_of(e.gain)},
                      {"sigma", json_of(e.sigma)},
                      {"proposer", e.proposer},
                      {"family", e.family},
                      {"description", e.description},
                      {"expectation", e.expectation},
                      {"reason", e.reason},
                      {"commit", e.commit},
                      {"base", e.base},
                      {"attempts", e.attempts},
                      {"knobs", knobs},
                      {"runs", runs}};
}

TotalGain total_gain(const History& history, double sigma) {
  const Experiment *best = history.incumbent(), *baseline = history.baseline();
  if (best == nullptr || baseline == nullptr || best == baseline) return {};
  const auto share = [](const Experiment* e) {
    return 1 / static_cast<double>(std::max<size_t>(1, e->estimate_runs().size()));
  };
  return {.gain = std::log(*baseline->val_ppl() / *best->val_ppl()),
          .error = sigma * std::sqrt(share(best) + share(baseline))};
}

std::string ratio_text(const History& history, double ppl) {
  if (history.reference_ppl() <= 0) return "";
  return fmt::format(", {:.4f} times the full-precision model's {:.4f}",
                     ppl / history.reference_ppl(), history.reference_ppl());
}

std::string describe(const TotalGain& gain) {
  return fmt::format("{:.2f} % ± {:.2f} %", percent(gain.gain),
                     100 * gain.error * std::exp(-gain.gain));
}

Json summary_of(const Lab& lab, const History& history) {
  const Noise noise = estimate_noise(history);
  Json counts = Json::object();
  for (const Experiment& e : history.experiments()) {
    const std::string name(name_of(e.status));
    counts.set(name, counts.get(name, int64_t{0}) + 1);
  }
  const auto experiment = [](const Experiment* e) { return e == nullptr ? Json() : to_json(*e); };
  const TotalGain gain = total_gain(history, noise.sigma);
  const Power power = power_of(history, noise, lab.config().research.repeats);
  return Json::Object{
      {"lab", lab.root().string()},
      {"branch", history.tag().empty() ? "" : "tern/" + history.tag()},
      {"loop_process", int64_t{running_loop(lab)}},
      {"experiments", static_cast<int64_t>(history.experiments().size())},
      {"counts", counts},
      {"best", experiment(history.incumbent())},
      {"baseline", experiment(history.baseline())},
      {"full_precision_ppl", history.reference_ppl() > 0 ? Json(history.reference_ppl()) : Json()},
      {"gain", gain.gain},
      {"gain_error", gain.error},
      {"sigma", noise.sigma},
      {"sigma_runs", noise.runs},
      {"cannot_decide", power.sentence},
      {"running", experiment(history.unfinished())}};
}

std::vector<std::string> knob_changes(const Experiment& from, const Experiment& to) {
  std::vector<std::string> changes;
  for (const auto& [name, value] : to.knobs) {
    const std::string* old = value_of(from.knobs, name);
    if (old == nullptr) {
      changes.push_back(fmt::format("{}: {} (new)", name, value));
    } else if (!same_value(*old, value)) {
      changes.push_back(fmt::format("{}: {} -> {}", name, *old, value));
    }
  }
  return changes;
}

std::string experiments_table(const History& history, size_t last) {
  const auto& all = history.experiments();
  std::string out = fmt::format("{:<5} {:<9} {:>11} {:>8} {:>4}  {:<8} {}\n", "exp", "status",
                                "val_ppl", "gain %", "runs", "proposer", "description");
  for (size_t i = all.size() - std::min(all.size(), last); i < all.size(); ++i) {
    const Experiment& e = all[i];
    const std::optional<double> gain = e.gain ? std::optional(percent(*e.gain)) : std::nullopt;
    out += fmt::format("{:04}  {:<9} {:>11} {:>8} {:>4}  {:<8} {}\n", e.number, name_of(e.status),
                       number_or_blank(e.val_ppl(), 4), number_or_blank(gain, 2), e.runs.size(),
                       e.proposer, e.description);
  }
  return out;
}

}  // namespace tern
