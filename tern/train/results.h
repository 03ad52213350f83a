#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "tern/train/run_table.h"

namespace tern {

/// One evaluation: a row of results.tsv. What was not measured stays empty.
struct ResultsRow {
  int64_t step = 0;
  double lambda = 0;
  std::optional<double> train_loss = {};  // nats per token
  double eval_ppl = 0;
  double eval_bpb = 0;
  double lr = 0;
  double time_s = 0;    // seconds of training so far
  double best_ppl = 0;  // of ternary evaluations; 0: there was none
  double q_neg1 = 0, q_zero = 0, q_pos1 = 0;
};

/// The names of its columns, in one line.
std::string_view results_header();

/// Appends rows to results.tsv, which is made with its header when missing. The columns are fixed:
/// step lambda train_loss train_ppl eval_ppl eval_bpb lr time_s best_ppl q_neg1 q_zero q_pos1
/// experiment commit.
class ResultsFile {
 public:
  /// Rows of `experiment` beyond `resumed_step` are dropped: a resumed run makes them again.
  ResultsFile(const std::filesystem::path& path, std::string experiment, std::string commit,
              int64_t resumed_step);
  void append(const ResultsRow& row);

 private:
  RunTable table_;
  std::string experiment_;
  std::string commit_;
};

}  // namespace tern
