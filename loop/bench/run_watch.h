#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tern/contract/table.h"

namespace tern::loop {

/// A training curve, as a run writes it into steps.tsv while it trains.
struct Curve {
  std::vector<double> tokens;  // after each step
  std::vector<double> seconds;
  std::vector<double> loss;  // nats, of each step's own batch

  /// The mean loss over the tenth of the steps before `at` tokens; NaN without a step there.
  double smoothed(double at) const;
};

/// The curve of a steps.tsv; empty when there is none (the file is an unread program's).
Curve read_curve(const std::filesystem::path& steps);

/// Looks at a run while it trains and ends it when it cannot become better than its rival: after 20
/// steps (the smoke test: no number that is none, at least a quarter of the rival's speed, a loss
/// that has not exploded) and, where pruning is on, at 30, 50 and 70 % of the rival's tokens.
class RunWatch {
 public:
  /// `behind` is the largest gap, in nats of training loss at equal tokens; 0: no pruning.
  RunWatch(std::filesystem::path steps, Curve rival, double behind);

  /// Why the run should end now, in one sentence; empty to let it go on.
  std::string verdict();
  /// Reads what was written since the last time.
  void read_more();
  int64_t steps() const { return static_cast<int64_t>(curve_.loss.size()); }
  const Curve& curve() const { return curve_; }

 private:
  std::string smoke() const;
  std::string prune();

  std::filesystem::path path_;
  Curve rival_;
  double behind_;
  Curve curve_;
  Cells columns_;  // of the file, once its first line is there
  uint64_t offset_ = 0;
  bool smoked_ = false;
  size_t checks_done_ = 0;
};

}  // namespace tern::loop
