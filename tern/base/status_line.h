#pragma once

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "tern/base/terminal.h"
#include "tern/base/timer.h"

namespace tern {

/// How far a long piece of work is, on standard error: one line that is drawn over on a terminal
/// and cut to its width, a new line every ten seconds otherwise. The object clears its line at the
/// end of its life.
class StatusLine {
 public:
  StatusLine() : terminal_(isatty(STDERR_FILENO) != 0) {}
  ~StatusLine() { clear(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// True when it is time to show something new; shows nothing itself.
  bool due() const { return since_last_.seconds() >= (terminal_ ? 0.1 : 10.0); }

  void show(std::string_view text) {
    clear();
    if (terminal_) {
      fmt::print(stderr, "{}", fitting(text, terminal_width(STDERR_FILENO)));
    } else {
      fmt::print(stderr, "{}\n", text);
    }
    std::fflush(stderr);
    drawn_ = terminal_;
    since_last_.reset();
  }

  /// Takes the line away, for other output to stand in its place.
  void clear() {
    if (drawn_) fmt::print(stderr, "\r\033[K");
    drawn_ = false;
  }

 private:
  bool terminal_;
  bool drawn_ = false;
  Timer since_last_;
};

}  // namespace tern
