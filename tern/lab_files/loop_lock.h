#pragma once

#include <filesystem>

#include "tern/lab_files/lab.h"

namespace tern {

/// Held by the one loop of a lab while it runs; the system lets go of it when the process ends,
/// however it ends.
class LoopLock {
 public:
  /// Throws an Error that names the other loop's process when there is one.
  explicit LoopLock(const Lab& lab);
  ~LoopLock();
  LoopLock(const LoopLock&) = delete;
  LoopLock& operator=(const LoopLock&) = delete;

 private:
  int fd_ = -1;
};

/// The process that holds the lab's lock; 0 when no loop is running.
int running_loop(const Lab& lab);

}  // namespace tern
