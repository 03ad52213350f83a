#include "tern/attendant/run_meter.h"

#include <algorithm>

#include "tern/base/error.h"

namespace tern {
namespace {

/// Twice what the library's starts look at, or one window where that is longer.
constexpr int64_t kStartTokens = 16384;
/// The size of a step is the run's own word.
constexpr double kLargestStep = 0.1;  // of a budget
/// A busy machine may hold a run up for so long between looking at the clock and asking for text.
constexpr double kHoldUp = 1;  // seconds
/// Of a budget of seconds: for handing the model over to its last evaluation.
constexpr double kHandOver = 0.1;

}  // namespace

void RunMeter::deal(int64_t tokens, int64_t step_tokens) {
  if (!training_) clock_.reset(), training_ = true;
  over_ = false;
  const double seconds = training_seconds();
  const int64_t dealt = report_.tokens + tokens;
  const auto tenth = static_cast<int64_t>(kLargestStep * static_cast<double>(bounds_.tokens));
  const int64_t spare = std::min(std::max(tokens, step_tokens), tenth);
  if (bounds_.tokens > 0 && dealt > bounds_.tokens + spare) {
    refuse(
        fmt::format("it asked for {} tokens to train on, more than a step beyond its budget of {}",
                    dealt, bounds_.tokens));
  }
  const double step = report_.tokens > 0 ? seconds * static_cast<double>(step_tokens) /
                                               static_cast<double>(report_.tokens)
                                         : 0;
  refuse_later_than(std::min(step, kLargestStep * bounds_.seconds));
  check(report_.refused.empty(), "{}", report_.refused);
  report_.tokens = dealt;
}

void RunMeter::deal_for_start(int64_t tokens, int64_t T) {
  start_tokens_ += tokens;
  const bool bounded = bounds_.tokens > 0 || bounds_.seconds > 0;
  const int64_t most = std::max(kStartTokens, T);
  check(!bounded || start_tokens_ <= most,
        "a run may look at {} tokens of the text before it trains, and this one asked for {}", most,
        start_tokens_);
}

bool RunMeter::may_evaluate(bool last) const {
  if (bounds_.evaluations == 0) return true;
  return report_.evaluations < bounds_.evaluations - (last ? 0 : 1);
}

void RunMeter::evaluated(double seconds, bool last) {
  report_.evaluation_seconds += seconds;
  report_.evaluations += 1;
  report_.training_seconds = training_seconds();
  // It may have been dealt long before all that it trained on.
  refuse_later_than((kLargestStep + kHandOver) * bounds_.seconds);
  over_ = last;
}

void RunMeter::refuse_later_than(double spare) {
  const double seconds = training_seconds();
  if (bounds_.seconds == 0 || seconds <= bounds_.seconds + kHoldUp + spare) return;
  refuse(fmt::format(
      "it went on training after {:.1f} s of a budget of {:.1f} s, more than a step beyond",
      seconds, bounds_.seconds));
}

void RunMeter::refuse(const std::string& why) {
  if (report_.refused.empty()) report_.refused = why;
}

double RunMeter::training_seconds() const {
  if (over_) return report_.training_seconds;
  return training_ ? clock_.seconds() - report_.evaluation_seconds : 0;
}

AttendantReport RunMeter::report() const {
  AttendantReport report = report_;
  report.training_seconds = training_seconds();
  return report;
}

}  // namespace tern
