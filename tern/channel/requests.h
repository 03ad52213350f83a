#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tern/base/fields.h"
#include "tern/base/json.h"
#include "tern/contract/run_summary.h"

// What a recipe's process asks its attendant, in the order in which it comes to it, and the
// answers. Each request is answered: by its answer, where it has one, or by an object with an
// "error". A request that is refused changes nothing.

namespace tern {

/// A recipe's program may be older than the Tern that runs it.
inline constexpr int64_t kRequestsVersion = 1;

/// Asks what a run has to know of its lab.
struct BeginRequest {
  static constexpr const char* kAsk = "begin";
  int64_t version = kRequestsVersion;
  TERN_FIELDS(version)
};
struct BeginAnswer {
  std::string model;  // folder of the full-precision model
  bool saves = true;  // false where nobody would resume the run
  TERN_FIELDS(model, saves)
};

/// What windows of the training text are for; only those that train count against a budget.
enum class WindowUse { kTraining, kStart, kComparison };

/// Asks for windows of the training text, see TokenSource. The data of the answer are B int64
/// window indices, then B T int32 inputs and B T int32 targets.
struct WindowsRequest {
  static constexpr const char* kAsk = "windows";
  int64_t use = 0;  // a WindowUse
  int64_t seed = 0;
  int64_t position = 0, B = 0, T = 0;
  int64_t step_tokens = 0;  // that a step of the run trains on
  TERN_FIELDS(use, seed, position, B, T, step_tokens)
};

/// Asks for the teacher's cache that answers a question (see TeacherOptions).
struct TeacherRequest {
  static constexpr const char* kAsk = "teacher";
  int64_t length = 0, top_k = 0;
  double temperature = 1;
  std::vector<int64_t> hidden_blocks = {};
  int64_t attention_block = -1;
  TERN_FIELDS(length, top_k, temperature, hidden_blocks, attention_block)
};
/// The data are the cache's header where there are windows.
struct TeacherAnswer {
  std::string note;     // for the person at the terminal
  int64_t windows = 0;  // that the cache answers for, from the text's first on
  TERN_FIELDS(note, windows)
};

/// Asks for the record of one window in that cache, which must have been dealt before; it is the
/// answer's data.
struct RecordRequest {
  static constexpr const char* kAsk = "record";
  int64_t window = 0;
  TERN_FIELDS(window)
};

/// Asks for memory to hand models over in (see tern/model/snapshot.h), which comes as an open file.
struct MemoryRequest {
  static constexpr const char* kAsk = "memory";
  std::string compute;  // type of the matrices
  TERN_FIELDS(compute)
};
struct MemoryAnswer {
  int64_t bytes = 0;
  TERN_FIELDS(bytes)
};

/// Asks to score the model that lies in that memory.
struct EvaluateRequest {
  static constexpr const char* kAsk = "evaluate";
  // Of the row of results.tsv.
  int64_t step = 0;
  double lambda = 0;
  std::optional<double> train_loss = {};
  double lr = 0, seconds = 0;
  double q_neg1 = 0, q_zero = 0, q_pos1 = 0;
  Json quantization;         // a TernaryInfo, of which the inputs count
  int64_t max_tokens = 0;    // to score on; 0: all
  bool last = false;         // at the end of the run
  int64_t resumed_step = 0;  // rows beyond it are of a run that was stopped, and made again
  // The run's own loss on the window of T tokens at position 0 of the text dealt with this seed.
  int64_t seed = 0, T = 0;
  double own_loss = 0;
  TERN_FIELDS(step, lambda, train_loss, lr, seconds, q_neg1, q_zero, q_pos1, quantization,
              max_tokens, last, resumed_step, seed, T, own_loss)
};
struct EvaluateAnswer {
  bool scored = false;  // false where a run has made all the evaluations that it may
  bool finite = true;
  double seconds = 0;  // that it took
  TERN_FIELDS(scored, finite, seconds)
};

/// Tells how the run ended, and asks to show it.
struct EndRequest {
  static constexpr const char* kAsk = "end";
  RunSummary summary;
  TERN_FIELDS(summary)
};

}  // namespace tern
