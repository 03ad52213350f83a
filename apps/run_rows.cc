#include "apps/results_mirror.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "tern/runner/run_folder.h"
#include "tern/sandbox/untrusted_file.h"
#include "tern/train/run_table.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostRows = 100'000;

/// The lab's table with all rows that it has.
RunTable every_row(const fs::path& table) {
  return {table, table_header<ResultsRow>(), std::numeric_limits<int64_t>::max()};
}

/// The same without those of this run.
RunTable rows_but_of(const fs::path& table, const std::string& experiment) {
  return {table, table_header<ResultsRow>(), /*resumed_step=*/-1, [&](std::string_view row) {
            return cell_at(row, column_of(&ResultsRow::experiment)) == cell_of(experiment);
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

std::vector<ResultsRow> ResultsMirror::rows_of_run() const {
  auto rows = read_untrusted_rows<ResultsRow>(run_table_, kMostRows);
  for (ResultsRow& row : rows) row.experiment = experiment_, row.commit = commit_;
  return rows;
}

void ResultsMirror::update() {
  std::vector<std::string> rows;
  for (const ResultsRow& row : rows_of_run()) rows.push_back(table_row(row));
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
  const std::vector<ResultsRow> rows = rows_of_run();
  if (rows.empty()) return;
  every_row(lab_table_).append(table_row(score_row(rows.back(), score)), /*sync=*/true);
}

}  // namespace tern
