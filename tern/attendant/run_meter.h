#pragma once

#include <cstdint>

#include "tern/base/timer.h"
#include "tern/contract/attendant_report.h"

namespace tern {

/// What a run may take. 0: no limit.
struct RunBounds {
  int64_t tokens = 0;       // to train on
  double seconds = 0;       // of training
  int64_t evaluations = 0;  // the last one, at the run's end, among them
  int64_t eval_tokens = 0;  // that one of them may score
};

/// Measures a run from outside: what it trains on, and how long. What the run says of itself plays
/// no part, but for the size of a step, which is believed up to a tenth of the budget.
class RunMeter {
 public:
  explicit RunMeter(const RunBounds& bounds) : bounds_(bounds) {}

  const RunBounds& bounds() const { return bounds_; }

  /// Counts tokens that are dealt to be trained on, and starts the clock with the first. Throws an
  /// Error, with the figures, where the budget ended more than a step of so many tokens ago; the
  /// run counts for nothing then.
  void deal(int64_t tokens, int64_t step_tokens);
  /// Counts tokens that are dealt, in windows of T, for what comes before training, such as a start
  /// that looks at inputs. Throws where a run with a budget asks for more than any start needs.
  void deal_for_start(int64_t tokens, int64_t T);

  /// False where the run has made all the evaluations that it may.
  bool may_evaluate(bool last) const;
  /// Counts an evaluation, for whose seconds the clock stood still. A run that comes to it long
  /// after its budget ended counts for nothing.
  void evaluated(double seconds, bool last);
  /// Makes the run count for nothing.
  void refuse(const std::string& why);

  double training_seconds() const;
  /// All that was measured; the clock has stopped with the last evaluation.
  AttendantReport report() const;

 private:
  /// Where training goes on for more than so many seconds behind its budget.
  void refuse_later_than(double spare);

  RunBounds bounds_;
  AttendantReport report_;
  int64_t start_tokens_ = 0;
  bool training_ = false, over_ = false;
  Timer clock_;  // since the first tokens
};

}  // namespace tern
