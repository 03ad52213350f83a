#include "apps/run_rows.h"

#include <vector>

#include "tern/base/file.h"
#include "tern/contract/results_row.h"
#include "tern/runner/run_folder.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostRows = 1'000'000;

std::vector<ResultsRow> rows_of_run(const fs::path& table, const std::string& experiment) {
  auto rows = read_untrusted_rows<ResultsRow>(table, kMostRows);
  std::erase_if(rows, [&](const ResultsRow& row) { return row.experiment != experiment; });
  return rows;
}

}  // namespace

void keep_run_rows(const fs::path& table, const std::string& experiment, const fs::path& folder) {
  std::string text = table_header<ResultsRow>();
  for (const ResultsRow& row : rows_of_run(table, experiment)) text += table_row(row);
  replace_untrusted(folder / "results.tsv", text);
}

void add_run_score(const fs::path& table, const std::string& experiment, const EvalAnswer& score) {
  const std::vector<ResultsRow> rows = rows_of_run(table, experiment);
  if (rows.empty()) return;
  append_file(table, table_row(score_row(rows.back(), score)), /*sync=*/true);
}

}  // namespace tern
