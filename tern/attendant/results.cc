#include "tern/attendant/results.h"

#include <algorithm>
#include <cmath>

#include "tern/contract/table.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {

ResultsFile::ResultsFile(const std::filesystem::path& path, std::string experiment,
                         std::string commit, int64_t resumed_step)
    : table_(path, table_header<ResultsRow>(), resumed_step,
             [&](std::string_view row) {
               return cell_at(row, column_of(&ResultsRow::experiment)) == cell_of(experiment);
             }),
      experiment_(std::move(experiment)),
      commit_(std::move(commit)) {
  constexpr size_t kMostRows = 1'000'000;
  for (const ResultsRow& row : read_untrusted_rows<ResultsRow>(path, kMostRows)) {
    if (row.experiment != experiment_ || row.lambda != 1) continue;
    best_ppl_ = std::min(best_ppl_.value_or(row.eval_ppl), row.eval_ppl);
  }
}

void ResultsFile::append(ResultsRow row) {
  if (row.train_loss) row.train_ppl = std::exp(*row.train_loss);
  row.experiment = experiment_;
  row.commit = commit_;
  table_.append(table_row(row), /*sync=*/true);
}

}  // namespace tern
