#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tern/base/timer.h"
#include "tern/train/run_table.h"

namespace tern {

/// One training step: a row of steps.tsv.
struct StepRow {
  int64_t step = 0;
  int64_t tokens = 0;  // read so far
  double seconds = 0;  // of training so far
  double loss = 0;     // of this step, nats per token
  double lr = 0;
  double lambda = 0;
};

/// Appends rows to a run's steps.tsv: step tokens seconds loss lr lambda. They reach the file about
/// every half second, so that a step costs nothing and a run can be watched, and at the end.
class StepsFile {
 public:
  /// Rows beyond `resumed_step` are dropped.
  StepsFile(const std::filesystem::path& path, int64_t resumed_step);
  ~StepsFile();
  StepsFile(const StepsFile&) = delete;
  StepsFile& operator=(const StepsFile&) = delete;

  void append(const StepRow& row);
  /// Writes the rows that were held back.
  void flush();

 private:
  RunTable table_;
  std::string held_back_;
  Timer since_flush_;
  Timer since_row_;
};

}  // namespace tern
