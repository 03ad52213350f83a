#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tern/base/timer.h"
#include "tern/contract/step_row.h"
#include "tern/train/run_table.h"

namespace tern {

/// Appends rows to a run's steps.tsv. They reach the file about every half second, so that a step
/// costs nothing and a run can be watched, and at the end.
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
