#include "apps/results_mirror.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "tern/sandbox/untrusted_file.h"
#include "tern/train/results.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostRows = 100'000;
constexpr size_t kLongestCell = 40;

std::vector<std::string> columns() {
  std::istringstream header{std::string(results_header())};
  std::vector<std::string> names;
  for (std::string name; std::getline(header, name, '\t');) names.push_back(name);
  return names;
}

using Cells = std::map<std::string, std::string>;

/// A line with these cells in the order of the columns; empty where one is no number.
std::optional<std::string> line_of(const Cells& cells, const std::string& experiment,
                                   const std::string& commit) {
  std::string line;
  bool first = true;
  for (const std::string& name : columns()) {
    const auto found = cells.find(name);
    std::string cell = found == cells.end() ? "" : found->second;
    if (name == "experiment" || name == "commit") {
      cell = name == "commit" ? commit : experiment;
    } else if (!cell.empty() && (cell.size() > kLongestCell || !untrusted_number(cell))) {
      return std::nullopt;
    }
    line += (std::exchange(first, false) ? "" : "\t") + cell;
  }
  return line + "\n";
}

/// The lab's table with all rows that it has.
RunTable every_row(const fs::path& table) {
  return {table, std::string(results_header()), std::numeric_limits<int64_t>::max()};
}

/// The same without those of this run.
RunTable rows_but_of(const fs::path& table, const std::string& experiment) {
  const std::vector<std::string> names = columns();
  const auto column = std::ranges::find(names, "experiment") - names.begin();
  return {table, std::string(results_header()), /*resumed_step=*/-1, [&](std::string_view row) {
            return RunTable::field(row, static_cast<int>(column)) == experiment;
          }};
}

}  // namespace

ResultsMirror::ResultsMirror(fs::path lab_table, fs::path run_table, std::string experiment,
                             std::string commit)
    : lab_table_(std::move(lab_table)),
      run_table_(std::move(run_table)),
      experiment_(std::move(experiment)),
      commit_(std::move(commit)) {
  // A table that rows cannot go into is told before the run.
  if (fs::exists(lab_table_)) every_row(lab_table_);
}

std::vector<std::string> ResultsMirror::rows_of_run() const {
  std::vector<std::string> rows;
  for (const Cells& cells : read_untrusted_table(run_table_, kMostRows)) {
    if (auto line = line_of(cells, experiment_, commit_)) rows.push_back(*line);
  }
  return rows;
}

void ResultsMirror::update() {
  const std::vector<std::string> rows = rows_of_run();
  if (rows == written_) return;
  const bool more = !written_.empty() && rows.size() > written_.size() &&
                    std::equal(written_.begin(), written_.end(), rows.begin());
  // What is ours and was made again is written anew as a whole.
  const RunTable table = more ? every_row(lab_table_) : rows_but_of(lab_table_, experiment_);
  std::string added;
  for (size_t i = more ? written_.size() : 0; i < rows.size(); ++i) added += rows[i];
  table.append(added, /*sync=*/true);
  written_ = rows;
}

void ResultsMirror::add_score(const EvalAnswer& score) {
  const std::vector<Cells> rows = read_untrusted_table(run_table_, kMostRows);
  if (rows.empty()) return;
  Cells last = rows.back();
  last["eval_ppl"] = fmt::format("{:.6g}", score.eval_ppl);
  last["eval_bpb"] = fmt::format("{:.6g}", score.eval_bpb);
  last["eval_tokens"] = std::to_string(score.tokens);
  for (const auto& [name, share] :
       {std::pair{"q_neg1", score.q_neg1}, {"q_zero", score.q_zero}, {"q_pos1", score.q_pos1}}) {
    if (share) last[name] = fmt::format("{:.4f}", *share);
  }
  const auto line = line_of(last, experiment_, commit_);
  if (!line) return;
  every_row(lab_table_).append(*line, /*sync=*/true);
}

}  // namespace tern
