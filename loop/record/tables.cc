#include "loop/record/tables.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "loop/record/history.h"
#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kExperiments =
    "commit\tval_ppl\tmemory_gb\tstatus\tdescription\texperiment\tval_bpb\tsteps\ttokens\ttime_s\t"
    "sigma\tgain\truns\tproposer\tfamily\texpectation\treason\n";
// As tern/train/results.h has it: programs write the same table.
constexpr std::string_view kResults =
    "step\tlambda\ttrain_loss\ttrain_ppl\teval_ppl\teval_bpb\tlr\ttime_s\tbest_ppl\tq_neg1\tq_"
    "zero\t"
    "q_pos1\texperiment\tcommit\n";
constexpr int kEvaluationColumns = 12;  // those before `experiment`
constexpr size_t kShownCommit = 7;      // characters

/// A text that stays within its field.
std::string cell(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return text;
}

/// Empty when it was not measured.
std::string cell(const std::optional<double>& value, int decimals) {
  if (!value || !std::isfinite(*value)) return "";
  std::string text = fmt::format("{:.{}f}", *value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text.erase(0, 1);
  return text;
}

std::string_view field(std::string_view row, int column) {
  for (; column > 0; --column) {
    const size_t tab = row.find('\t');
    if (tab == std::string_view::npos) return "";
    row.remove_prefix(tab + 1);
  }
  return row.substr(0, row.find('\t'));
}

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

std::string experiment_row(const Experiment& e) {
  std::optional<double> memory, sigma, gain;
  for (const RunRecord& run : e.runs) {
    if (counts(run)) memory = std::max(memory, run.memory_gb);
  }
  const std::optional<double> ppl = e.val_ppl();
  if (e.sigma && ppl) sigma = *e.sigma * *ppl;
  if (e.gain) gain = 100 * (1 - std::exp(-*e.gain));
  const std::string cells[] = {e.commit.substr(0, kShownCommit),
                               cell(ppl, 4),
                               cell(memory, 2),
                               std::string(name_of(e.status)),
                               e.description,
                               fmt::format("{:04}", e.number),
                               cell(e.val_bpb(), 4),
                               cell(mean(e, &RunRecord::steps), 0),
                               cell(mean(e, &RunRecord::tokens), 0),
                               cell(mean(e, &RunRecord::time_s), 1),
                               cell(sigma, 4),
                               cell(gain, 3),
                               std::to_string(std::ranges::count_if(e.runs, counts)),
                               e.proposer,
                               e.family,
                               e.expectation,
                               e.reason};
  std::string row;
  for (const std::string& text : cells) row += cell(text) + "\t";
  row.back() = '\n';
  return row;
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

/// Rows of results.tsv for a "ran" event.
std::string evaluation_rows(const Experiment& e, const Json& event) {
  const Json* evaluations = event.find("evaluations");
  const int64_t run = event.at("run").as_int();
  if (evaluations == nullptr || !evaluations->is_array()) return "";
  if (event.get("outcome", "") == name_of(Outcome::kInterrupted)) return "";
  const std::string tail = "\t" + run_name(e, run) + "\t" + e.commit.substr(0, kShownCommit) + "\n";
  std::string rows;
  for (const Json& evaluation : evaluations->items()) {
    for (int column = 0; column < kEvaluationColumns; ++column) {
      const std::string_view name = field(kResults, column);
      const Json* value = evaluation.find(name);
      if (column > 0) rows += '\t';
      if (value != nullptr && value->is_string()) rows += cell(value->as_string());
    }
    rows += tail;
  }
  return rows;
}

/// The text of a table, empty without one. Throws when it is a table of something else.
std::string read_table(const fs::path& path, std::string_view columns) {
  if (!fs::exists(path)) return "";
  std::string text = read_file(path);
  check(text.starts_with(columns) || columns.starts_with(text),  // the latter: torn
        "{} is no table of the loop's (those begin with the columns {}); move it away",
        path.string(), cell(std::string(columns)));
  return text;
}

/// The rows of results.tsv that are not ours. A last line without its end is torn.
std::string rows_of_others(std::string_view table) {
  std::string others;
  for (size_t row = std::min(table.size(), kResults.size()), end;
       (end = table.find('\n', row)) != std::string::npos; row = end + 1) {
    const std::string_view line = table.substr(row, end - row);
    if (!is_run_name(field(line, kEvaluationColumns))) others.append(line).append("\n");
  }
  return others;
}

/// Where the user removed the table, it begins anew.
void append(const fs::path& path, std::string_view header, const std::string& rows) {
  if (rows.empty()) return;
  append_file(path, fs::exists(path) ? rows : std::string(header) + rows);
}

}  // namespace

void write_tables(const Lab& lab, const std::vector<Json>& events) {
  const std::string old_experiments = read_table(
      lab.experiments_table(), kExperiments.substr(0, kExperiments.find("\texperiment")));
  const std::string old_results = read_table(lab.results(), kResults);
  std::string experiments(kExperiments);
  std::string results = std::string(kResults) + rows_of_others(old_results);
  History history;
  for (const Json& event : events) {
    history.apply(event);
    const std::string& kind = event.at("event").as_string();
    if (kind != "ran" && kind != "ended") continue;
    const Experiment& e = history.at(event.at("experiment").as_int());
    if (kind == "ran") results += evaluation_rows(e, event);
    if (kind == "ended") experiments += experiment_row(e);
  }
  if (results != old_results) write_file_atomically(lab.results(), results);
  if (experiments != old_experiments) write_file_atomically(lab.experiments_table(), experiments);
}

Tables::Tables(const Lab& lab, const std::vector<Json>& events)
    : experiments_(lab.experiments_table()), results_(lab.results()) {
  write_tables(lab, events);
}

void Tables::ran(const Experiment& experiment, const Json& event) {
  append(results_, kResults, evaluation_rows(experiment, event));
}

void Tables::ended(const Experiment& experiment) {
  append(experiments_, kExperiments, experiment_row(experiment));
}

}  // namespace tern
