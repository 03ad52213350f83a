#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tern/sandbox/sandbox.h"

namespace tern {

/// What a supervised program may take. 0: no limit. A program whose time is over is warned first;
/// one that takes too much of the machine (memory, tasks, disk) is ended at once.
struct Limits {
  double seconds = 0;        // wall clock
  double grace_seconds = 5;  // from the warning, SIGTERM, to the end of the whole tree, SIGKILL;
                             // 0: as long as it takes
  double idle_seconds = 0;   // without a byte of output
  int64_t memory_bytes = 0;  // resident, of all its processes together, looked at every 0.1 s
  int64_t tasks = 0;         // processes and threads at once
  int64_t folder_bytes = 0;  // of everything in its folder, each entry at least 4096, and of open
                             // files that have no name any more
  int64_t least_free_bytes = 0;  // of the disk of its folder, where folder_bytes are counted
  int64_t file_bytes = 0;        // of one file (RLIMIT_FSIZE)
  int64_t log_bytes = 4 << 20;   // of its output that is kept: the first and the last half of it
};

/// Limits::tasks for a program with a thread on each processor and so many tasks besides.
int64_t tasks_for_threads(int64_t besides);

struct Job {
  std::vector<std::string> command;
  std::filesystem::path folder;  // its working directory, over which folder_bytes is counted
  std::filesystem::path log;     // gets its standard output and error
  /// The whole environment, name and value; nothing of the caller's is inherited. Its PATH is where
  /// the command is looked for. With kJobMark in it kill_leftovers() can find the job.
  std::vector<std::pair<std::string, std::string>> environment;
  Limits limits;
  Sandbox sandbox;
  int input = -1;  // an open file to be its standard input, the caller's; -1: it has none
  /// Asked about ten times a second with the seconds since the start; a sentence ends the job and
  /// becomes its `stopped`. May be empty.
  std::function<std::string(double seconds)> watch;
  /// Asked as often once the job was told to end: true ends it at once. May be empty.
  std::function<bool()> end_now;
  /// Gets the output as it comes, besides the log. May be empty.
  std::function<void(std::string_view)> show;
};

struct JobResult {
  int exit_code = 0;    // or 128 + the signal that ended it
  std::string limit;    // the sentence that says which limit was hit; empty when none
  std::string stopped;  // what `watch` said
  double seconds = 0;
  int64_t peak_memory = 0;       // resident bytes of all its processes together
  double processor_seconds = 0;  // of all its processes together
};

/// Runs a program in a session of its own, until it ends or is ended. When it
/// returns no process of the job is left: descendants are killed wherever they have moved, and
/// those that hold its output open delay nothing. They are killed too when this process itself is
/// killed. Throws when the program cannot be started. The caller may have other children; it should
/// not be running another job.
JobResult supervise(const Job& job);

/// Kills what a supervisor that was itself killed has left of a job: every process whose
/// environment carries this mark (see kJobMark) or one below it, as paths are, with its session and
/// descendants. Where jobs have a PID namespace there is nothing left.
void kill_leftovers(const std::string& mark);

/// Environment variable by which processes of a job are recognised.
inline constexpr const char* kJobMark = "TERN_JOB";

}  // namespace tern
