#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tern/base/temporary_folder.h"
#include "tern/contract/attendant_report.h"
#include "tern/sandbox/supervise.h"

namespace tern {

/// What the attendant of a run is started with.
struct AttendantOrder {
  std::filesystem::path program;       // tern, whose `attend` it is
  std::filesystem::path lab;           // the lab's folder
  std::filesystem::path results_file;  // gets a row at each evaluation; empty: none does
  std::string experiment, commit;      // of the run, in those rows
  // What the run may take; 0: no limit.
  int64_t tokens = 0;       // to train on
  double seconds = 0;       // of training
  int64_t evaluations = 0;  // each on at most eval_tokens tokens
  int64_t eval_tokens = 0;
  bool saves = true;               // whether the run may be resumed
  int threads = 0;                 // 0: all cores
  int input = -1;                  // what a text from standard input is read from; -1: nothing
  std::filesystem::path log = {};  // gets what it prints; empty: where this process prints

  std::vector<std::string> command(const std::filesystem::path& report) const;
};

/// The process that deals a run its text and scores what it trains (see tern/attendant/attend.h),
/// outside the sandbox. It ends with the run's process, or with this one.
class AttendantProcess {
 public:
  explicit AttendantProcess(const AttendantOrder& order);
  /// Ends it.
  ~AttendantProcess();
  AttendantProcess(const AttendantProcess&) = delete;
  AttendantProcess& operator=(const AttendantProcess&) = delete;

  /// To be the standard input of the run's program.
  int channel() const { return channel_; }
  /// To be called when no process of the run is left. What it measured; nothing when somebody ended
  /// it before.
  std::optional<AttendantReport> finish();

 private:
  bool ends_within(double seconds);

  TemporaryFolder folder_;
  int channel_ = -1;
  pid_t id_ = -1;
};

/// A run of a recipe's program, and what its attendant measured.
struct AttendedRun {
  JobResult result;
  std::optional<AttendantReport> report;
};

/// Runs a recipe's job with an attendant beside it, and leaves the summary.json of a run that came
/// to its own end in the job's folder. `run` is how the job itself is run.
AttendedRun run_attended(Job job, const AttendantOrder& order,
                         const std::function<JobResult(const Job&)>& run = supervise);

}  // namespace tern
