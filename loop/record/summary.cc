#include "loop/record/summary.h"

#include <algorithm>
#include <cmath>

#include "tern/contract/knob_description.h"

namespace tern::loop {
namespace {

double percent_lower(double nats) { return 100 * (1 - std::exp(-nats)); }

std::string number_or_blank(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "";
}

/// The base's perplexity over the pairs of runs that decided, how many these were, what they say,
/// and the gain that is shown for what was kept.
std::string comparison_cells(const Experiment& e) {
  std::optional<double> base, lower, gain;
  if (e.compared) {
    base = e.compared->base_ppl;
    lower = 100 * (1 - e.compared->ppl / e.compared->base_ppl);
  }
  if (e.gain && (e.status == Status::kKeep || !e.compared)) gain = percent_lower(*e.gain);
  return fmt::format("{:>9} {:>5} {:>8} {:>8}", number_or_blank(base, 4),
                     e.compared ? fmt::format("{}", e.compared->pairs) : "",
                     number_or_blank(lower, 2), number_or_blank(gain, 2));
}

/// What the mark of figures that cannot be compared means.
std::string breaks_text(const History& history) {
  std::string text = "~ not comparable with figures that have no mark:\n";
  for (const History::Break& at : history.breaks()) {
    text += fmt::format("  before {:04}: {}\n", at.next, at.reason);
  }
  return text;
}

}  // namespace

std::optional<TotalGain> total_gain(const History& history, double sigma) {
  const Experiment *best = history.incumbent(), *baseline = history.baseline();
  if (best == nullptr || baseline == nullptr) return std::nullopt;
  if (best == baseline) return TotalGain{.gain = 0, .error = 0};
  const bool comparable = best->comparable() == baseline->comparable();
  const auto share = [](const Experiment* e) {
    return 1 / static_cast<double>(std::max<size_t>(1, e->estimate_runs().size()));
  };
  const double error = sigma * std::sqrt(share(best) + share(baseline));
  return TotalGain{.gain = std::log(*baseline->val_ppl() / *best->val_ppl()),
                   .error = sigma > 0 ? std::optional(error) : std::nullopt,
                   .comparable = comparable};
}

std::string ratio_text(const History& history, double ppl) {
  if (history.reference_ppl() <= 0) return "";
  return fmt::format(", {:.4f} times the full-precision model's {:.4f}",
                     ppl / history.reference_ppl(), history.reference_ppl());
}

std::string describe(const TotalGain& gain) {
  std::string text = fmt::format("{:.2f} %", percent_lower(gain.gain));
  if (gain.error) text += fmt::format(" ± {:.2f} %", 100 * *gain.error * std::exp(-gain.gain));
  if (!gain.comparable) text += ", of runs that are not comparable (see `tern log`)";
  return text;
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
  std::string out =
      fmt::format("{:<5} {:<9} {:>10}  {:>9} {:>5} {:>8} {:>8}  {:<8} {}\n", "exp", "status",
                  "val_ppl", "its base", "pairs", "lower %", "gain %", "proposer", "description");
  bool marked = false;
  for (size_t i = all.size() - std::min(all.size(), last); i < all.size(); ++i) {
    const Experiment& e = all[i];
    const bool mark = !e.comparable();
    marked = marked || mark;
    out += fmt::format("{:04}  {:<9} {:>10}{} {}  {:<8} {}\n", e.number, name_of(e.status),
                       number_or_blank(e.compared ? e.compared->ppl : e.val_ppl(), 4),
                       mark ? '~' : ' ', comparison_cells(e), e.proposer, e.description);
  }
  if (marked) out += breaks_text(history);
  return out;
}

}  // namespace tern::loop
