#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "tern/contract/eval_answer.h"
#include "tern/contract/results_row.h"
#include "tern/contract/run_summary.h"

namespace tern {

/// Held by the one process that trains in a run's folder; the system lets go of it when that
/// process ends, however it ends.
class RunLock {
 public:
  /// Throws when another process holds it. Ends whatever a holder that was killed has left behind.
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int fd_ = -1;
};

/// What the summary.json of a run says; empty fields where it says nothing.
RunSummary read_run_summary(const std::filesystem::path& folder);

/// The last row of a scored run in results.tsv: its score of record, else as the row before.
ResultsRow score_row(ResultsRow before, const EvalAnswer& score);

/// Writes the score of record into a run's summary.json, or takes out what is there in its place.
/// To be called when no process of the run is left. Nothing happens where there is no summary.
void record_score(const std::filesystem::path& folder, const std::optional<EvalAnswer>& score);

}  // namespace tern
