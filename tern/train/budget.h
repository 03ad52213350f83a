#pragma once

#include <algorithm>
#include <cstdint>

#include "tern/base/timer.h"

namespace tern {

/// Where a run stands: `fraction` goes from 0 to 1 over the budget. Schedules are functions of
/// this.
struct Progress {
  int64_t step = 0;  // steps done
  double fraction = 0;
};

/// A run's length: so many steps, or so many seconds of training. The clock runs only between
/// resume() and pause(), so building, loading, evaluating and saving do not count.
class Budget {
 public:
  /// `steps` of 0 means that `seconds` decide; 0 seconds end the run before its first step.
  Budget(int64_t steps, double seconds) : steps_(steps), seconds_(seconds) {}

  /// By the first of steps, tokens and seconds that is not 0; tokens are rounded up to whole steps.
  static Budget of(int64_t steps, int64_t tokens, int64_t tokens_per_step, double seconds) {
    if (steps == 0 && tokens > 0) steps = (tokens - 1) / tokens_per_step + 1;
    return Budget(steps, seconds);
  }

  void resume() { clock_.reset(), running_ = true; }
  void pause() { spent_ = seconds_spent(), running_ = false; }
  void step_done() { ++done_; }
  /// So many seconds of those that the clock has counted were no training.
  void stood_still(double seconds) {
    if (running_) spent_ -= seconds;
  }
  /// Continues a run that was stopped here.
  void restore(int64_t step, double seconds) { done_ = step, spent_ = seconds; }

  bool running() const { return running_; }
  /// 0 where seconds decide.
  int64_t steps() const { return steps_; }

  double seconds_spent() const { return spent_ + (running_ ? clock_.seconds() : 0); }
  Progress progress() const {
    if (steps_ > 0) return {done_, std::min(1.0, static_cast<double>(done_) / steps_)};
    return {done_, seconds_ > 0 ? std::min(1.0, seconds_spent() / seconds_) : 1.0};
  }
  bool finished() const { return progress().fraction >= 1; }
  /// Seconds left, judged by the pace so far.
  double seconds_left() const {
    const double fraction = progress().fraction;
    return fraction > 0 ? seconds_spent() * (1 - fraction) / fraction : 0;
  }

 private:
  int64_t steps_;
  double seconds_;
  int64_t done_ = 0;
  double spent_ = 0;
  bool running_ = false;
  Timer clock_;
};

}  // namespace tern
