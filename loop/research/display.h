#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "loop/bench/workbench.h"
#include "loop/record/history.h"
#include "tern/base/status_line.h"
#include "tern/base/timer.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// What a person sees of a running loop: its lines on standard output, on a terminal a line below
/// them with the running experiment's progress, and .tern/status.json for `tern status`.
class Display {
 public:
  /// Lines go to `out`, which outlives it.
  Display(const Lab& lab, std::FILE* out);
  /// Removes .tern/status.json.
  ~Display();

  void line(std::string_view text);
  /// Says, once, that the loop was asked to end and when it will.
  void say_stopping();
  /// Called often; draws about ten times a second and writes the file once a second.
  void show(const BenchView& view, const History& history);

 private:
  const Lab& lab_;
  std::FILE* out_;
  bool terminal_;
  bool stopping_ = false;
  StatusLine status_;
  Timer since_file_;
};

/// "0007 run 1 training [######......] 45 %  loss 1.23  best 2.1034 (0003)  0:12 left".
std::string progress_text(const BenchView& view, const Experiment* best);

/// Where the running loop says what it does at this moment.
std::filesystem::path status_file(const Lab& lab);

}  // namespace tern::loop
