#include "tern/train/results.h"

#include <cmath>

#include "tern/contract/table.h"

namespace tern {

ResultsFile::ResultsFile(const std::filesystem::path& path, std::string experiment,
                         std::string commit, int64_t resumed_step)
    : table_(path, table_header<ResultsRow>(), resumed_step,
             [&](std::string_view row) {
               return cell_at(row, column_of(&ResultsRow::experiment)) == cell_of(experiment);
             }),
      experiment_(std::move(experiment)),
      commit_(std::move(commit)) {}

void ResultsFile::append(ResultsRow row) {
  if (row.train_loss) row.train_ppl = std::exp(*row.train_loss);
  if (row.best_ppl == 0) row.best_ppl.reset();
  row.experiment = experiment_;
  row.commit = commit_;
  table_.append(table_row(row), /*sync=*/true);
}

}  // namespace tern
