#include "tern/train/steps.h"

#include <exception>

#include "tern/contract/table.h"

namespace tern {

StepsFile::StepsFile(const std::filesystem::path& path, int64_t resumed_step)
    : table_(path, table_header<StepRow>(), resumed_step) {}

StepsFile::~StepsFile() {
  try {
    flush();
  } catch (const std::exception&) {
    // The run is ending, and whatever comes of it does not depend on its last half second here.
  }
}

void StepsFile::append(const StepRow& row) {
  held_back_ += table_row(row);
  // If the next row takes as long as this one did, waiting for it would be waiting too long.
  constexpr double kLongest = 0.5;  // seconds
  const double step_seconds = since_row_.seconds();
  since_row_.reset();
  if (since_flush_.seconds() + step_seconds >= kLongest) flush();
}

void StepsFile::flush() {
  since_flush_.reset();
  if (held_back_.empty()) return;
  table_.append(held_back_, /*sync=*/false);
  held_back_.clear();
}

}  // namespace tern
