#include "report/progress_svg.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/text.h"

namespace tern {
namespace {

constexpr double kWidth = 860, kHeight = 430;
constexpr double kLeft = 64, kRight = 840, kTop = 64, kBottom = 372;

constexpr const char* kStyle = R"(<style>
  .ground { fill: #ffffff } .title { font-size: 17px; font-weight: 600 }
  text { fill: #1f2733; font: 12px system-ui, -apple-system, "Segoe UI", sans-serif }
  .faint { fill: #5b6675 } .grid { stroke: #e3e7ed } .axis { stroke: #8a94a3 }
  .best { fill: none; stroke: #0a7d5a; stroke-width: 2.5; stroke-linejoin: round }
  .keep, .baseline { fill: #0a7d5a; stroke: #ffffff } .baseline { fill: #2463c5 }
  .old { opacity: .35 } .discard { fill: #8a94a3; fill-opacity: .55 } .failed { stroke: #c2410c; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #10151c } text { fill: #e6eaf0 } .faint { fill: #9aa6b5 }
    .grid { stroke: #232c38 } .axis { stroke: #5d6a7a } .best { stroke: #3ecf9b }
    .keep { fill: #3ecf9b; stroke: #10151c } .baseline { fill: #74a8ff; stroke: #10151c }
    .discard { fill: #8291a3 } .failed { stroke: #ff9a5c }
  }
</style>
)";

/// Steps of 1, 2 or 5 times a power of ten between two ends, about `count` of them.
std::vector<double> nice_ticks(double low, double high, int count) {
  const double raw = (high - low) / count;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  const double step = power * (raw / power < 1.5   ? 1
                               : raw / power < 3.5 ? 2
                               : raw / power < 7.5 ? 5
                                                   : 10);
  std::vector<double> ticks;
  for (double k = std::ceil(low / step); k * step <= high + 1e-9 * step; ++k) {
    ticks.push_back(k * step);
  }
  return ticks;
}

/// From data to the picture's units.
struct Frame {
  double last = 1;  // experiment at the right end
  double low = 0, high = 1;

  double x(double number) const {
    return kLeft + (kRight - kLeft) * (number - 0.5) / std::max(1.0, last);
  }
  double y(double ppl) const {
    return kBottom - (kBottom - kTop) * (std::clamp(ppl, low, high) - low) / (high - low);
  }
};

/// The perplexities in view: from the best to somewhat above the baseline. A try that diverged
/// would press everything else flat, so what lies above stands at the upper edge.
Frame frame_of(const loop::History& history, double first, double best) {
  std::vector<double> scores;
  for (const loop::Experiment& e : history.experiments()) {
    if (const auto ppl = e.val_ppl()) scores.push_back(*ppl);
  }
  std::sort(scores.begin(), scores.end());
  const double span = std::max(first - best, 0.02 * best);
  const double most = scores[scores.size() * 3 / 4];
  Frame frame;
  frame.last = static_cast<double>(history.experiments().size());
  frame.high = std::clamp(most, first + 0.25 * span, first + 1.5 * span);
  frame.low = std::min(best, scores.front()) - 0.08 * (frame.high - best);
  return frame;
}

std::string line(const char* style, double x1, double y1, double x2, double y2) {
  return fmt::format(
      "<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", style, x1,
      y1, x2, y2);
}

std::string words(const char* style, const char* anchor, double x, double y,
                  const std::string& text) {
  return fmt::format("<text class=\"{}\" text-anchor=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                     style, anchor, x, y, escaped_markup(text));
}

std::string axes(const Frame& frame) {
  std::string out;
  for (const double tick : nice_ticks(frame.low, frame.high, 6)) {
    out += line("grid", kLeft, frame.y(tick), kRight, frame.y(tick));
    out += words("faint", "end", kLeft - 8, frame.y(tick) + 4, fmt::format("{:.6g}", tick));
  }
  for (const double tick : nice_ticks(1, std::max(2.0, frame.last), 10)) {
    if (tick != std::floor(tick) || tick < 1 || tick > frame.last) continue;
    out += words("faint", "middle", frame.x(tick), kBottom + 20, fmt::format("{:.0f}", tick));
  }
  out += line("axis", kLeft, kBottom, kRight, kBottom);
  out += words("faint", "middle", (kLeft + kRight) / 2, kBottom + 42, "experiment");
  return out + words("faint", "start", 14, kTop - 14, "perplexity");
}

std::string circle(const std::string& style, double x, double y, double radius) {
  return fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>\n", style, x, y,
                     radius);
}

/// Stands at the upper edge for a try above it.
std::string triangle(double x, double y) {
  return fmt::format("<path class=\"discard\" d=\"M{:.1f} {:.1f}l4.5 8h-9z\"/>\n", x, y);
}

std::string cross(double x, double y) {
  return line("failed", x - 3, y - 3, x + 3, y + 3) + line("failed", x - 3, y + 3, x + 3, y - 3);
}

bool stands(const loop::Experiment& e) {
  return (e.status == loop::Status::kBaseline || e.status == loop::Status::kKeep) && e.val_ppl();
}

/// Every try; what has no score is a cross on the axis.
std::string tries(const loop::History& history, const Frame& frame) {
  std::string dropped, kept;
  for (const loop::Experiment& e : history.experiments()) {
    const double x = frame.x(static_cast<double>(e.number));
    if (stands(e)) {
      const std::string old = e.comparable() ? "" : " old";
      kept += circle((e.status == loop::Status::kKeep ? "keep" : "baseline") + old, x,
                     frame.y(*e.val_ppl()), 5);
    } else if (const auto ppl = e.val_ppl()) {
      dropped += *ppl > frame.high
                     ? triangle(x, kTop)
                     : circle(e.comparable() ? "discard" : "discard old", x, frame.y(*ppl), 3.5);
    } else if (e.status != loop::Status::kRunning) {
      dropped += cross(x, kBottom - 6);
    }
  }
  return dropped + kept;
}

/// Where figures before and after are not comparable.
std::string breaks(const loop::History& history, const Frame& frame) {
  std::string out;
  for (const loop::History::Break& at : history.breaks()) {
    const double x = frame.x(static_cast<double>(at.next) - 0.5);
    out += fmt::format("<g><title>{}</title>{}</g>\n", escaped_markup(at.reason),
                       line("axis", x, kTop, x, kBottom));
  }
  return out;
}

std::string staircase(const loop::History& history, const Frame& frame) {
  std::string path;
  for (const loop::Experiment& e : history.experiments()) {
    if (!stands(e)) continue;
    const double x = frame.x(static_cast<double>(e.number)), y = frame.y(*e.val_ppl());
    path +=
        path.empty() ? fmt::format("M{:.1f} {:.1f}", x, y) : fmt::format("H{:.1f}V{:.1f}", x, y);
  }
  return fmt::format("<path class=\"best\" d=\"{}H{:.1f}\"/>\n", path, kRight);
}

std::string legend() {
  struct Entry {
    const char *style, *text;
    double width;
  };
  std::string out;
  double x = 420;
  for (const auto& [style, text, width] :
       {Entry{"baseline", "baseline", 82}, Entry{"keep", "kept", 62},
        Entry{"discard", "discarded", 90}, Entry{"failed", "no score", 80}}) {
    out +=
        style == std::string_view("failed") ? cross(x, kTop - 18) : circle(style, x, kTop - 18, 4);
    out += words("faint", "start", x + 9, kTop - 14, text);
    x += width;
  }
  return out + line("best", x, kTop - 18, x + 14, kTop - 18) +
         words("faint", "start", x + 20, kTop - 14, "best so far");
}

}  // namespace

std::string progress_svg(const std::string& title, const loop::History& history,
                         const Summary& summary) {
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\">\n<title>{2}</title>\n{3}"
      "<rect class=\"ground\" width=\"{0}\" height=\"{1}\" rx=\"8\"/>\n",
      kWidth, kHeight, escaped_markup(title), kStyle);
  out += words("title", "start", 14, 28, title);
  if (!summary.best_ppl || !summary.baseline || !summary.baseline->val_ppl()) {
    return out +
           words("faint", "middle", kWidth / 2, kHeight / 2, "no experiment has a score yet") +
           "</svg>\n";
  }
  const Frame frame = frame_of(history, *summary.baseline->val_ppl(), summary.best_ppl->value);
  return out + legend() + axes(frame) + breaks(history, frame) + staircase(history, frame) +
         tries(history, frame) + "</svg>\n";
}

}  // namespace tern
