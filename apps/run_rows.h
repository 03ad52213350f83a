#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tern/contract/eval_answer.h"
#include "tern/contract/results_row.h"

namespace tern {

/// Carries the rows of a sandboxed run's own results.tsv into the lab's, which its program cannot
/// write, as they come. Cells that are no numbers do not get across, and a row is always the run's.
class ResultsMirror {
 public:
  /// Rows of `experiment` that the lab's table has already give way to what the run's table says.
  ResultsMirror(std::filesystem::path lab_table, std::filesystem::path run_table,
                std::string experiment, std::string commit);

  void update();
  /// Adds the last row of a run, its score of record; none for a run that writes no rows.
  void add_score(const EvalAnswer& score);

 private:
  std::vector<ResultsRow> rows_of_run() const;

  std::filesystem::path lab_table_, run_table_;
  std::string experiment_, commit_;
  std::vector<std::string> written_;
};

}  // namespace tern
