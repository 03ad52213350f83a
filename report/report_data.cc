#include "report/report_data.h"

#include <fmt/core.h>

#include <cmath>
#include <ctime>
#include <functional>
#include <map>

#include "report/line_diff.h"
#include "report/run_curves.h"
#include "report/selection.h"
#include "report/text.h"
#include "report/train_runs.h"
#include "tern/contract/json_form.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace {

constexpr size_t kMostText = 2000;         // bytes of a description or a reason
constexpr size_t kMostDiff = 48 << 10;     // bytes of one diff
constexpr size_t kMostDiffs = 3 << 20;     // bytes of all diffs
constexpr uint64_t kMostRecipe = 1 << 20;  // bytes read of a train.cpp
constexpr size_t kPoints = 300;            // of a curve
constexpr size_t kMostLayers = 600;

/// Five digits are more than a screen shows.
Json rounded(double value) {
  if (!std::isfinite(value)) return {};
  const std::optional<double> number = untrusted_number(fmt::format("{:.5g}", value));
  if (!number) return {};
  const bool whole = std::abs(*number) < 1e15 && *number == std::floor(*number);
  return whole ? Json(static_cast<int64_t>(*number)) : Json(*number);
}

Json maybe(const std::optional<double>& value) { return value ? Json(*value) : Json(); }
Json text(const std::string& value) { return clipped(value, kMostText); }

Json measured(const std::optional<Measured>& value) {
  if (!value) return {};
  return Json::Object{{"value", value->value}, {"sd", maybe(value->sd)}};
}

Json figure(double value) { return rounded(value); }
Json figure(int64_t value) { return rounded(static_cast<double>(value)); }
template <class T>
Json figure(const std::optional<T>& value) {
  return value ? figure(*value) : Json();
}

/// A figure of all rows as an array.
template <class Rows, class Figure>
Json column(const Rows& rows, Figure of) {
  Json values = Json::array();
  for (const auto& row : rows) values.push_back(figure(std::invoke(of, row)));
  return values;
}

Json evaluations_json(const std::vector<RunCurves::Evaluation>& evaluations) {
  const auto of_row = [&](auto member) {
    return column(evaluations, [&](const auto& e) { return e.row.*member; });
  };
  return Json::Object{{"step", of_row(&ResultsRow::step)},
                      {"tokens", column(evaluations, &RunCurves::Evaluation::tokens)},
                      {"ppl", of_row(&ResultsRow::eval_ppl)},
                      {"neg1", of_row(&ResultsRow::q_neg1)},
                      {"zero", of_row(&ResultsRow::q_zero)},
                      {"pos1", of_row(&ResultsRow::q_pos1)}};
}

Json layers_json(const std::vector<LayerRow>& layers) {
  Json names = Json::array();
  for (const LayerRow& row : layers) names.push_back(row.layer);
  return Json::Object{{"name", names},
                      {"step", layers.empty() ? Json() : figure(layers[0].step)},
                      {"neg1", column(layers, &LayerRow::q_neg1)},
                      {"zero", column(layers, &LayerRow::q_zero)},
                      {"pos1", column(layers, &LayerRow::q_pos1)},
                      {"flip_rate", column(layers, &LayerRow::flip_rate)}};
}

Json curves_json(const RunCurves& all) {
  const RunCurves curves = thinned(all, kPoints, kMostLayers);
  const auto& steps = curves.steps;
  return Json::Object{{"steps_written", static_cast<int64_t>(all.steps.size())},
                      {"step", column(steps, &StepRow::step)},
                      {"tokens", column(steps, &StepRow::tokens)},
                      {"loss", column(steps, &StepRow::loss)},
                      {"lr", column(steps, &StepRow::lr)},
                      {"lambda", column(steps, &StepRow::lambda)},
                      {"evaluations", evaluations_json(curves.evaluations)},
                      {"layers", layers_json(curves.layers)}};
}

Json run_json(const loop::RunRecord& run) {
  Json json = json_of<loop::RunResult>(run);
  json.set("number", run.number);
  json.set("comparison", run.comparison);
  json.set("seed", std::to_string(run.seed));
  json.set("stale", run.stale);
  json.set("reason", text(run.reason));
  return json;
}

/// What an experiment's table row and hover show.
Json experiment_json(const loop::Experiment& e, std::optional<double> sigma) {
  Json runs = Json::array();
  for (const loop::RunRecord& run : e.runs) runs.push_back(run_json(run));
  return Json::Object{{"number", e.number},
                      {"status", name_of(e.status)},
                      {"proposer", text(e.proposer)},
                      {"family", text(e.family)},
                      {"description", text(e.description)},
                      {"expectation", text(e.expectation)},
                      {"reason", text(e.reason)},
                      {"commit", text(e.commit)},
                      {"base", e.base},
                      {"attempts", e.attempts},
                      {"code_lines", e.code_lines},
                      {"val_ppl", maybe(e.val_ppl())},
                      {"val_bpb", maybe(e.val_bpb())},
                      {"comparable", e.comparable()},
                      {"log_deviation", maybe(log_deviation(e, sigma))},
                      {"estimate_runs", static_cast<int64_t>(e.estimate_runs().size())},
                      {"selected_by_its_score", e.base != 0 && e.fresh_runs().empty()},
                      {"gain", maybe(e.gain)},
                      {"runs", runs}};
}

/// Adds curves to the experiments that get them; returns how many others have runs.
int64_t add_curves(Json& experiments, const Lab& lab, const loop::History& history) {
  const std::set<int64_t> chosen = experiments_with_curves(history);
  int64_t left_out = 0;
  for (const loop::Experiment& e : history.experiments()) {
    if (!chosen.contains(e.number)) {
      left_out += e.runs.empty() ? 0 : 1;
      continue;
    }
    Json by_run = Json::object();
    for (const loop::RunRecord* run : runs_with_curves(e)) {
      const std::string number = std::to_string(run->number);
      const RunCurves curves = read_run_curves(lab.experiment(e.number) / number / "run");
      if (!curves.empty()) by_run.set(number, curves_json(curves));
    }
    experiments.items()[static_cast<size_t>(e.number - 1)].set("curves", by_run);
  }
  return left_out;
}

/// The train.cpp that an experiment tried; empty when it is not there.
std::string recipe_of(const Lab& lab, int64_t number) {
  return read_untrusted(lab.experiment(number) / "train.cpp", kMostRecipe).value_or("");
}

/// Adds diffs, the latest first, until they are too much; returns how many were left out for that.
int64_t add_diffs(Json& experiments, const Lab& lab, const loop::History& history) {
  std::map<int64_t, std::string> recipes;  // of incumbents, which many experiments changed
  int64_t left_out = 0;
  size_t bytes = 0;
  for (int64_t number = history.next_number() - 1; number >= 1; --number) {
    const loop::Experiment& e = history.at(number);
    if (e.base < 1 || e.base >= number) continue;
    if (!recipes.contains(e.base)) recipes.emplace(e.base, recipe_of(lab, e.base));
    const std::string after = recipe_of(lab, number);
    if (after.empty() || recipes[e.base].empty()) continue;
    const std::string diff = clipped(line_diff(recipes[e.base], after), kMostDiff);
    if (bytes + diff.size() > kMostDiffs) {
      ++left_out;
      continue;
    }
    bytes += diff.size();
    experiments.items()[static_cast<size_t>(number - 1)].set("diff", diff);
  }
  return left_out;
}

/// All that the best recipe changed of the baseline's; null where that is nothing or not known.
Json best_diff(const Lab& lab, const Summary& summary) {
  if (summary.baseline == nullptr || summary.best == nullptr) return {};
  const std::string before = recipe_of(lab, summary.baseline->number);
  const std::string after = recipe_of(lab, summary.best->number);
  if (before.empty() || after.empty() || before == after) return {};
  return clipped(line_diff(before, after), kMostDiff);
}

/// Why figures before an experiment are not comparable with later ones.
Json breaks_json(const loop::History& history) {
  Json breaks = Json::array();
  for (const loop::History::Break& at : history.breaks()) {
    breaks.push_back(Json::Object{{"next", at.next}, {"reason", text(at.reason)}});
  }
  return breaks;
}

Json summary_json(const Summary& summary) {
  Json changed = Json::array();
  for (const ChangedKnob& knob : summary.changed) {
    changed.push_back(Json::Object{
        {"name", text(knob.name)}, {"baseline", text(knob.baseline)}, {"best", text(knob.best)}});
  }
  const auto number = [](const loop::Experiment* e) {
    return e == nullptr ? Json() : Json(e->number);
  };
  return Json::Object{{"sigma", maybe(summary.sigma)},
                      {"sigma_low", summary.noise.low},
                      {"sigma_high", summary.noise.high},
                      {"sigma_runs", summary.noise.runs},
                      {"doubt", text(summary.doubt)},
                      {"baseline", number(summary.baseline)},
                      {"best", number(summary.best)},
                      {"best_ppl", measured(summary.best_ppl)},
                      {"gain", measured(summary.gain)},
                      {"optimistic", summary.optimistic},
                      {"full_precision_ppl", maybe(summary.full_precision_ppl)},
                      {"changed", changed}};
}

}  // namespace

Json report_data(const Lab& lab, const loop::History& history, const Summary& summary) {
  Json experiments = Json::array();
  for (const loop::Experiment& e : history.experiments()) {
    experiments.push_back(experiment_json(e, summary.sigma));
  }
  const int64_t without_curves = add_curves(experiments, lab, history);
  const int64_t without_diff = add_diffs(experiments, lab, history);
  return Json::Object{{"lab", text(lab.root().filename().string())},
                      {"tag", text(history.tag())},
                      {"made", static_cast<int64_t>(std::time(nullptr))},
                      {"budget_seconds", lab.config().budget.seconds},
                      {"budget_tokens", lab.config().budget.tokens},
                      {"policy", text(lab.config().research.policy)},
                      {"summary", summary_json(summary)},
                      {"breaks", breaks_json(history)},
                      {"best_diff", best_diff(lab, summary)},
                      {"experiments", experiments},
                      {"train_runs", train_runs(lab)},
                      {"without_curves", without_curves},
                      {"without_diff", without_diff}};
}

}  // namespace tern
