#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tern/base/fields.h"
#include "tern/contract/eval_answer.h"

namespace tern {

/// The summary.json of a finished run: what its program says of itself, of interest and never the
/// score, and the score of record, which the harness adds. What was not measured is empty.
struct RunSummary {
  static constexpr int64_t kVersion = 2;  // 1 had texts in the place of numbers
  int64_t version = kVersion;
  std::optional<double> eval_ppl, eval_bpb;  // by the run itself, on the last model it had
  std::optional<double> best_ppl;            // of its ternary evaluations
  std::optional<double> train_loss;          // smoothed, nats per token
  std::optional<int64_t> steps, tokens;
  std::optional<double> tokens_per_s, training_seconds, total_seconds;
  std::optional<double> peak_memory_gb;
  std::optional<std::string> model;  // folder of the packed model
  std::optional<EvalAnswer> score;   // of record, with its protocol
  TERN_FIELDS(version, eval_ppl, eval_bpb, best_ppl, train_loss, steps, tokens, tokens_per_s,
              training_seconds, total_seconds, peak_memory_gb, model, score)

  static constexpr const char* kFile = "summary.json";

  std::string to_text() const;
  /// Reads what an unread program may have written: a field that is not what it should be stays
  /// empty, and so does all of it where the text is no JSON or of another version.
  static RunSummary parse_untrusted(std::string_view text);
};

}  // namespace tern
