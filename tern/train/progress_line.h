#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "tern/base/timer.h"

namespace tern {

/// What a running recipe shows of itself: a bar that is drawn over on a terminal, a plain line
/// every few seconds otherwise.
class ProgressLine {
 public:
  /// Writes to `out`, which must outlive it (a program passes stdout).
  explicit ProgressLine(std::FILE* out);
  /// Shows step, share done, tokens/s, loss and the time left; rate-limited.
  void update(int64_t step, double fraction, double tokens_per_s, double loss, double seconds_left);
  /// Prints a line of its own, moving the bar out of the way.
  void print(const std::string& line);
  /// Takes the bar away, for somebody else's lines.
  void clear();

 private:
  std::FILE* out_;
  bool terminal_;
  bool drawn_ = false;
  bool first_ = true;
  Timer since_last_;
};

/// "1:05" or "2:03:04".
std::string clock_text(double seconds);

}  // namespace tern
