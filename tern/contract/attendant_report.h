#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tern/base/fields.h"
#include "tern/contract/run_summary.h"

namespace tern {

/// What the attendant of a run measured, told at the run's end, however that came.
struct AttendantReport {
  std::optional<RunSummary> summary = {};  // of a run that came to its own end
  int64_t tokens = 0;                      // of the text, dealt to be trained on
  double training_seconds = 0;             // from the first of them on, but for scoring
  int64_t evaluations = 0;
  double evaluation_seconds = 0;
  std::string refused = {};  // why the run counts for nothing, in a sentence; empty when it counts
  TERN_FIELDS(summary, tokens, training_seconds, evaluations, evaluation_seconds, refused)
};

}  // namespace tern
