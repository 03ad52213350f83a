#include "loop/record/tables.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/contract/experiment_row.h"
#include "tern/contract/results_row.h"
#include "tern/contract/table.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

constexpr size_t kShownCommit = 7;  // characters

/// Mean of a figure over the runs that stand for the recipe and have it.
template <class Figure>
std::optional<double> mean(const Experiment& e, Figure figure) {
  double sum = 0;
  int n = 0;
  for (const RunRecord* run : e.estimate_runs()) {
    if (!(run->*figure)) continue;
    sum += static_cast<double>(*(run->*figure));
    ++n;
  }
  if (n == 0) return std::nullopt;
  return sum / n;
}

/// Not one that was interrupted and repeated: the tables are those of a loop that never was.
bool counts(const RunRecord& run) {
  return run.outcome != Outcome::kInterrupted && run.outcome != Outcome::kRunning;
}

/// A figure that is one.
std::optional<double> finite(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? value : std::nullopt;
}

ExperimentRow row_of(const Experiment& e) {
  std::optional<double> memory, sigma, gain;
  for (const RunRecord& run : e.runs) {
    if (counts(run)) memory = std::max(memory, run.memory_gb);
  }
  const std::optional<double> ppl = e.val_ppl();
  if (e.sigma && ppl) sigma = *e.sigma * *ppl;
  if (e.gain) gain = 100 * (1 - std::exp(-*e.gain));
  return {.commit = e.commit.substr(0, kShownCommit),
          .val_ppl = finite(ppl),
          .memory_gb = finite(memory),
          .status = std::string(name_of(e.status)),
          .description = e.description,
          .experiment = fmt::format("{:04}", e.number),
          .val_bpb = finite(e.val_bpb()),
          .steps = mean(e, &RunRecord::steps),
          .tokens = mean(e, &RunRecord::tokens),
          .time_s = finite(mean(e, &RunRecord::time_s)),
          .sigma = finite(sigma),
          .gain = finite(gain),
          .runs = std::ranges::count_if(e.runs, counts),
          .proposer = e.proposer,
          .family = e.family,
          .expectation = e.expectation,
          .reason = e.reason};
}

/// "0007" for the first run of experiment 7, "0007.2" for the second.
std::string run_name(const Experiment& e, int64_t run) {
  int64_t place = 1;
  for (const RunRecord& other : e.runs) place += other.number < run && counts(other) ? 1 : 0;
  return place == 1 ? fmt::format("{:04}", e.number) : fmt::format("{:04}.{}", e.number, place);
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// True for what run_name() gives.
bool is_run_name(std::string_view name) {
  const size_t dot = name.find('.');
  return is_digits(name.substr(0, dot)) && dot >= 4 &&
         (dot == std::string_view::npos ? name.size() >= 4 : is_digits(name.substr(dot + 1)));
}

/// Rows of results.tsv for a run that ended.
std::string evaluation_rows(const Experiment& e, const event::Ran& ran) {
  if (ran.result.outcome == Outcome::kInterrupted) return "";
  std::string rows;
  for (ResultsRow row : ran.evaluations.rows) {
    row.experiment = run_name(e, ran.run);
    row.commit = e.commit.substr(0, kShownCommit);
    rows += table_row(row);
  }
  return rows;
}

[[noreturn]] void refuse_table(const fs::path& path, const std::string& columns) {
  fail("{} is no table of the loop's (those begin with the columns {}); move it away",
       path.string(), cell_of(columns));
}

/// A file's text, empty without one.
std::string text_of(const fs::path& path) { return fs::exists(path) ? read_file(path) : ""; }

/// Refuses to replace what is no experiments.tsv. All of that file is ours, so that its first
/// columns tell, and a torn header is one.
void check_experiments(const fs::path& path, const std::string& old) {
  const std::string header = table_header<ExperimentRow>();
  const Cells columns = cells_of(header);
  size_t first = 0;
  for (size_t i = 0; i < column_of(&ExperimentRow::experiment); ++i) first += columns[i].size() + 1;
  if (!old.starts_with(header.substr(0, first)) && !header.starts_with(old)) {
    refuse_table(path, header);
  }
}

/// The rows of results.tsv that are not ours, as this Tern writes them. A last line without its end
/// is torn.
std::string rows_of_others(const fs::path& path, const std::string& old) {
  const std::string header = table_header<ResultsRow>();
  if (header.starts_with(old)) return "";  // not there, or torn
  const std::optional<std::string> table = with_columns(old, header);
  if (!table) refuse_table(path, header);
  std::string others;
  const std::vector<std::string_view> lines = whole_lines(*table);
  for (size_t i = 1; i < lines.size(); ++i) {
    if (is_run_name(cell_at(lines[i], column_of(&ResultsRow::experiment)))) continue;
    others.append(lines[i]).append("\n");
  }
  return others;
}

/// Where the user removed the table, it begins anew.
void append(const fs::path& path, const std::string& header, const std::string& rows) {
  if (rows.empty()) return;
  append_file(path, fs::exists(path) ? rows : header + rows);
}

/// What an event, which the history has taken, adds to the two tables.
struct NewRows {
  std::string experiments, results;
};
NewRows rows_of(const Event& event, const History& history) {
  NewRows rows;
  if (const auto* ran = std::get_if<event::Ran>(&event)) {
    rows.results = evaluation_rows(history.at(ran->experiment), *ran);
  } else if (const auto* ended = std::get_if<event::Ended>(&event)) {
    rows.experiments = table_row(row_of(history.at(ended->experiment)));
  }
  return rows;
}

}  // namespace

void write_tables(const Lab& lab, const std::vector<Json>& events) {
  const std::string old_experiments = text_of(lab.experiments_table());
  const std::string old_results = text_of(lab.results());
  check_experiments(lab.experiments_table(), old_experiments);
  std::string experiments = table_header<ExperimentRow>();
  std::string results = table_header<ResultsRow>() + rows_of_others(lab.results(), old_results);
  History history;
  for (const Json& json : events) {
    const Event event = event_from(json);
    history.apply(event);
    const NewRows rows = rows_of(event, history);
    experiments += rows.experiments;
    results += rows.results;
  }
  if (results != old_results) write_file_atomically(lab.results(), results);
  if (experiments != old_experiments) write_file_atomically(lab.experiments_table(), experiments);
}

Tables::Tables(const Lab& lab, const std::vector<Json>& events)
    : experiments_(lab.experiments_table()), results_(lab.results()) {
  write_tables(lab, events);
}

void Tables::add(const Event& event, const History& history) {
  const NewRows rows = rows_of(event, history);
  append(experiments_, table_header<ExperimentRow>(), rows.experiments);
  append(results_, table_header<ResultsRow>(), rows.results);
}

}  // namespace tern::loop
