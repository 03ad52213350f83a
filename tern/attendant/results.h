#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tern/contract/results_row.h"
#include "tern/train/run_table.h"

namespace tern {

/// Appends rows to results.tsv, which is made with its header when missing.
class ResultsFile {
 public:
  /// Rows of `experiment` beyond `resumed_step` are dropped: a resumed run makes them again.
  ResultsFile(const std::filesystem::path& path, std::string experiment, std::string commit,
              int64_t resumed_step);
  /// The best perplexity of a ternary evaluation in the rows of the experiment that were kept.
  std::optional<double> best_ppl() const { return best_ppl_; }
  /// Adds what the file knows: the training perplexity, experiment and commit.
  void append(ResultsRow row);

 private:
  RunTable table_;
  std::string experiment_;
  std::string commit_;
  std::optional<double> best_ppl_;
};

}  // namespace tern
