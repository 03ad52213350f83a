#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "tern/sandbox/sandbox.h"

namespace tern {

/// What a kept program is started with.
struct KeptProgram {
  std::string path;                      // of the file to execute
  std::vector<std::string> arguments;    // with the program's name as the first
  std::vector<std::string> environment;  // NAME=VALUE
  std::string folder;                    // its working directory
  int64_t file_bytes = 0;                // largest file it may write; 0: no limit
  int input = -1;                        // an open file to be its standard input; -1: none
};

/// A process between this one and a program. Whatever descends from the program and loses its
/// parent becomes the keeper's child, wherever it moves, so nothing gets away; and when this
/// process ends, even by SIGKILL, the keeper kills them all.
class Keeper {
 public:
  /// Starts the program with its output going into a pipe. Throws when the machine has
  /// no processes or descriptors left.
  Keeper(const KeptProgram& program, PreparedSandbox& sandbox);
  /// Kills what is left.
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  pid_t id() const { return id_; }
  /// Read end of the program's output, non-blocking.
  int output() const { return output_; }
  /// Gets readable when poll() should be called.
  int reports() const { return reports_; }
  /// The program's exit status in the form of waitpid(), once it has ended. Throws when it could
  /// not be started.
  std::optional<int> poll();
  /// Kills everything below the keeper and the keeper, and returns when it is gone. Throws when a
  /// process does not die within half a minute.
  void kill_all();
  /// After kill_all(): the processor time of all processes whose parents have waited for them.
  double processor_seconds() const { return processor_seconds_; }

 private:
  pid_t id_ = -1;
  int output_ = -1, reports_ = -1;
  int lifeline_ = -1;  // its end tells the keeper to end everything
  std::string program_;
  std::optional<int> status_;
  double processor_seconds_ = 0;
};

}  // namespace tern
