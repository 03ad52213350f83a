#include "loop/propose/brief_parts.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "loop/propose/untrusted_text.h"
#include "loop/record/noise.h"
#include "tern/contract/knob_description.h"

namespace tern::loop {
namespace {

constexpr size_t kMostDeadEnds = 12;
constexpr size_t kMostNearMisses = 8;
constexpr size_t kMostKnobs = 12;
constexpr int64_t kRepeatedly = 3;  // tries after which a knob counts as a dead end

/// A text as a cell of a table.
std::string cell(std::string_view text, size_t most = 160) {
  std::string out = one_line(text, most);
  std::replace(out.begin(), out.end(), '|', '/');
  std::replace(out.begin(), out.end(), '`', '\'');
  return out;
}

bool dropped(const Experiment& e) {
  return e.status == Status::kDiscard || e.status == Status::kCrash || e.status == Status::kTimeout;
}

/// How it ended, in words that hold no figure of the confirm data: that stays with the harness.
std::string ending(const Experiment& e) {
  if (e.status == Status::kCrash || e.status == Status::kTimeout || e.status == Status::kRejected) {
    return cell(e.reason);
  }
  if (e.status != Status::kDiscard) return "";
  const bool confirmed = std::any_of(e.runs.begin(), e.runs.end(),
                                     [](const RunRecord& run) { return run.confirm_ppl; });
  if (confirmed) return "discarded: the confirm data got worse";
  const bool pruned = std::any_of(e.runs.begin(), e.runs.end(), [](const RunRecord& run) {
    return run.outcome == Outcome::kPruned;
  });
  return pruned ? "ended early: its curve fell behind" : "";
}

std::string row(const Experiment& e) {
  const auto ppl = e.val_ppl();
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", e.number, name_of(e.status),
                     ppl ? fmt::format("{:.4f}", *ppl) : "", e.gain ? describe_gain(*e.gain) : "",
                     cell(e.description), ending(e));
}

/// Names of the knobs whose values differ between an experiment and what it changed.
std::vector<std::string> changed_knobs(const History& history, const Experiment& e) {
  std::vector<std::string> names;
  if (e.base <= 0 || e.base >= e.number) return names;
  const Experiment& base = history.at(e.base);
  for (const auto& [name, value] : e.knobs) {
    const std::string* old = value_of(base.knobs, name);
    if (old == nullptr || !same_value(*old, value)) names.push_back(name);
  }
  return names;
}

struct Record {
  int64_t dropped = 0;
  int64_t kept = 0;
  double best = -INFINITY;  // gain
  std::vector<std::string> values;

  void count(const Experiment& e) {
    if (e.status == Status::kKeep) ++kept;
    if (loop::dropped(e)) ++dropped;
    if (e.gain && loop::dropped(e)) best = std::max(best, *e.gain);
  }
};

/// Lines of those records that were dropped again and again, the most dropped first.
std::string dead_lines(const std::map<std::string, Record>& records, const char* what) {
  std::vector<std::pair<std::string, Record>> dead;
  for (const auto& entry : records) {
    if (entry.second.kept == 0 && entry.second.dropped >= kRepeatedly) dead.push_back(entry);
  }
  std::stable_sort(dead.begin(), dead.end(), [](const auto& a, const auto& b) {
    return a.second.dropped > b.second.dropped;
  });
  if (dead.size() > kMostDeadEnds) dead.resize(kMostDeadEnds);
  std::string out;
  for (const auto& [name, record] : dead) {
    out += fmt::format("- {} {}: {} tries, none kept", what, cell(name, 60), record.dropped);
    std::string values;
    for (const std::string& value : record.values) values += (values.empty() ? "" : " ") + value;
    if (!values.empty()) out += fmt::format(" ({})", cell(values, 120));
    if (std::isfinite(record.best))
      out += fmt::format("; the best was {}", describe_gain(record.best));
    out += "\n";
  }
  return out;
}

/// Sums of ln(perplexity) over experiments with one value of a knob.
struct ValueMean {
  double sum = 0;
  int64_t count = 0;
  double mean() const { return sum / static_cast<double>(count); }
};
using ValueMeans = std::map<std::string, ValueMean>;

double spread(const ValueMeans& means) {
  double low = INFINITY, high = -INFINITY;
  for (const auto& [value, mean] : means) {
    low = std::min(low, mean.mean());
    high = std::max(high, mean.mean());
  }
  return high - low;
}

}  // namespace

std::string results_part(const History& history, size_t last) {
  const std::vector<Experiment>& all = history.experiments();
  if (all.empty()) return {};
  std::string out =
      "## The last results\n\nPercentages are of val_ppl against the incumbent of that time.\n\n"
      "| # | status | val_ppl | against incumbent | change | how it ended |\n"
      "|---|---|---|---|---|---|\n";
  for (size_t i = all.size() - std::min(all.size(), last); i < all.size(); ++i) {
    if (all[i].status != Status::kRunning) out += row(all[i]);
  }
  return out + "\n";
}

std::string near_misses_part(const History& history, double sigma) {
  std::vector<const Experiment*> near;
  for (const Experiment& e : history.experiments()) {
    if (e.status == Status::kDiscard && e.gain && *e.gain > -sigma) near.push_back(&e);
  }
  if (near.empty()) return {};
  std::stable_sort(near.begin(), near.end(),
                   [](const Experiment* a, const Experiment* b) { return *a->gain > *b->gain; });
  if (near.size() > kMostNearMisses) near.resize(kMostNearMisses);
  std::string out = "## Near misses\n\nNot kept, but within the noise: worth combining.\n\n";
  for (const Experiment* e : near) {
    out += fmt::format("- {} (experiment {}): {}\n", cell(e->description), e->number,
                       describe_gain(*e->gain));
  }
  return out + "\n";
}

std::string dead_ends_part(const History& history) {
  std::map<std::string, Record> knobs, families;
  for (const Experiment& e : history.experiments()) {
    if (e.base == 0) continue;
    if (!e.family.empty()) families[e.family].count(e);
    const std::vector<std::string> changed = changed_knobs(history, e);
    if (changed.size() != 1) continue;
    Record& record = knobs[changed[0]];
    record.count(e);
    if (dropped(e)) record.values.push_back(*value_of(e.knobs, changed[0]));
  }
  const std::string lines = dead_lines(knobs, "knob") + dead_lines(families, "kind of change");
  return lines.empty() ? "" : "## Dead ends\n\n" + lines + "\n";
}

std::string search_state_part(const History& history) {
  std::map<std::string, ValueMeans> knobs;
  for (const Experiment& e : history.experiments()) {
    const auto ppl = e.val_ppl();
    if (!ppl) continue;
    for (const auto& [name, value] : e.knobs) {
      ValueMean& mean = knobs[name][value];
      mean.sum += std::log(*ppl);
      ++mean.count;
    }
  }
  std::vector<std::pair<std::string, ValueMeans>> ranked(knobs.begin(), knobs.end());
  std::erase_if(ranked, [](const auto& knob) { return knob.second.size() < 2; });
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return spread(a.second) > spread(b.second);
  });
  if (ranked.empty()) return {};
  if (ranked.size() > kMostKnobs) ranked.resize(kMostKnobs);
  std::string out =
      "## What the search by numbers knows\n\nA sampler without a language model makes the other "
      "proposals from these figures: for each\nknob, its values with the mean val_ppl and the "
      "number of experiments that had them.\n\n";
  for (const auto& [name, means] : ranked) {
    std::string values;
    for (const auto& [value, mean] : means) {
      values += fmt::format("{}{}: {:.4f} ({})", values.empty() ? "" : ", ", value,
                            std::exp(mean.mean()), mean.count);
    }
    out += fmt::format("- {}: {}\n", cell(name, 60), cell(values, 300));
  }
  return out + "\n";
}

}  // namespace tern::loop
