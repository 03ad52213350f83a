#include "loop/bench/run_watch.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tern/contract/step_row.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern::loop {
namespace {

constexpr int64_t kSmokeSteps = 20;
/// A run whose loss lies so many nats above where its rival's was has exploded: the jump from
/// uniform guessing over 50,000 words to a trained model is about 8.
constexpr double kExploded = 2;
constexpr double kSlowest = 0.25;  // of the rival's speed: what it loses no recipe makes up for
/// Shares of the rival's tokens at which a run is compared with it; not before, as in successive
/// halving's grace period, and not at the end, where little is left to save.
constexpr std::array<double, 3> kChecks = {0.3, 0.5, 0.7};

double mean(const std::vector<double>& values, size_t begin, size_t end) {
  double sum = 0;
  for (size_t i = begin; i < end; ++i) sum += values[i];
  return begin < end ? sum / static_cast<double>(end - begin)
                     : std::numeric_limits<double>::quiet_NaN();
}

void add(Curve& curve, const StepRow& row) {
  curve.tokens.push_back(static_cast<double>(row.tokens));
  curve.seconds.push_back(row.seconds);
  curve.loss.push_back(row.loss);
}

double speed(const Curve& curve, size_t steps) {
  const size_t last = std::min(steps, curve.tokens.size()) - 1;
  const double seconds = curve.seconds[last] - curve.seconds[0];
  return seconds > 0 ? (curve.tokens[last] - curve.tokens[0]) / seconds : 0;
}

}  // namespace

double Curve::smoothed(double at) const {
  const auto end =
      static_cast<size_t>(std::upper_bound(tokens.begin(), tokens.end(), at) - tokens.begin());
  return mean(loss, end - std::min(end, std::max<size_t>(1, end / 10)), end);
}

Curve read_curve(const std::filesystem::path& steps) {
  RunWatch watch(steps, {}, 0);
  watch.read_more();
  return watch.curve();
}

RunWatch::RunWatch(std::filesystem::path steps, Curve rival, double behind)
    : path_(std::move(steps)), rival_(std::move(rival)), behind_(behind) {}

std::string RunWatch::verdict() {
  read_more();
  if (!smoked_ && steps() >= kSmokeSteps) {
    smoked_ = true;
    if (std::string reason = smoke(); !reason.empty()) return reason;
  }
  return prune();
}

void RunWatch::read_more() {
  const std::string text = read_untrusted(path_, 64 << 20, offset_).value_or("");
  for (const std::string_view line : whole_lines(text)) {
    offset_ += line.size() + 1;
    if (columns_.empty()) {
      columns_ = cells_of(line);
    } else if (const auto row = parse_untrusted_row<StepRow>(columns_, cells_of(line))) {
      add(curve_, *row);
    }
  }
}

std::string RunWatch::smoke() const {
  const double loss = mean(curve_.loss, kSmokeSteps / 2, kSmokeSteps);
  if (!std::isfinite(loss)) {
    return fmt::format("smoke test: the loss of the first {} steps is not a number", kSmokeSteps);
  }
  const auto enough = static_cast<int64_t>(rival_.loss.size()) >= kSmokeSteps;
  const double before = enough ? mean(rival_.loss, kSmokeSteps / 2, kSmokeSteps) : curve_.loss[0];
  if (loss > std::max(before, curve_.loss[0]) + kExploded) {
    return fmt::format("smoke test: after {} steps the loss is {:.2f}, where {} was at {:.2f}",
                       kSmokeSteps, loss, enough ? "the incumbent" : "the first step", before);
  }
  if (!enough) return "";
  const double mine = speed(curve_, kSmokeSteps), theirs = speed(rival_, kSmokeSteps);
  if (mine >= kSlowest * theirs) return "";
  return fmt::format("smoke test: {:.0f} tokens/s, where the incumbent makes {:.0f}", mine, theirs);
}

std::string RunWatch::prune() {
  if (behind_ <= 0 || rival_.tokens.empty() || curve_.tokens.empty()) return "";
  while (checks_done_ < kChecks.size()) {
    const double at = kChecks[checks_done_] * rival_.tokens.back();
    if (curve_.tokens.back() < at) return "";
    ++checks_done_;
    const double mine = curve_.smoothed(at), theirs = rival_.smoothed(at);
    if (mine > theirs + behind_) {
      return fmt::format("pruned after {:.0f} tokens: training loss {:.3f}, the incumbent's {:.3f}",
                         at, mine, theirs);
    }
  }
  return "";
}

}  // namespace tern::loop
