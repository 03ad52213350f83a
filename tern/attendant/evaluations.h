#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "tern/attendant/attend.h"
#include "tern/attendant/results.h"
#include "tern/channel/requests.h"
#include "tern/eval/score.h"

namespace tern {

/// The evaluations of a run: each is printed as a line and becomes a row of results.tsv.
class Evaluations {
 public:
  /// Rows of the run beyond `resumed_step` are made again.
  Evaluations(const AttendantOptions& options, int64_t resumed_step);

  void add(const EvaluateRequest& request, const Score& score);
  /// Prints "---" and one `key: value` line each of what the run says of its end and what its
  /// evaluations say; returns all of it.
  RunSummary print_end(RunSummary summary) const;

 private:
  void keep(const std::function<void()>& write);

  const AttendantOptions& options_;
  std::unique_ptr<ResultsFile> file_;  // none where there are no rows to keep
  std::optional<ResultsRow> last_;
  std::optional<double> best_ppl_;  // of ternary evaluations
};

}  // namespace tern
