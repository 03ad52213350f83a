#pragma once

#include <cstdio>
#include <filesystem>
#include <string>

#include "tern/attendant/run_meter.h"
#include "tern/channel/channel.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// What the attendant of a run is told.
struct AttendantOptions {
  std::filesystem::path results_file;  // gets a row at each evaluation; empty: none
  std::string experiment, commit;      // of the run, in those rows
  RunBounds bounds = {};
  bool saves = true;         // whether the run may be resumed
  std::FILE* out = stdout;   // gets a line at each evaluation, and the summary
  std::FILE* warn = stderr;  // gets a line where the rows cannot be written
};

/// Answers what a run asks (see tern/channel/requests.h) until its process is gone, and tells what
/// was measured. What the run asks wrongly is answered with an error, and no Error here.
AttendantReport attend(Channel& channel, const Lab& lab, const AttendantOptions& options);

}  // namespace tern
