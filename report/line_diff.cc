#include "report/line_diff.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tern {
namespace {

constexpr int64_t kContext = 3;
constexpr int64_t kMostEdits = 1000;  // time and memory grow with its square

using Lines = std::vector<std::string_view>;

struct Edit {
  char kind;  // ' ', '-' or '+'
  std::string_view line;
};

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// The furthest points that 0, 1, 2, ... edits reach on each diagonal, until the end is reached;
/// empty when that takes more than kMostEdits.
std::vector<std::vector<int64_t>> furthest_points(const Lines& a, const Lines& b) {
  const int64_t n = std::ssize(a), m = std::ssize(b);
  std::vector<std::vector<int64_t>> trace;
  std::vector<int64_t> reach(2 * kMostEdits + 3, 0);
  const auto at = [&](int64_t k) -> int64_t& {
    return reach[static_cast<size_t>(k + kMostEdits + 1)];
  };
  for (int64_t edits = 0; edits <= kMostEdits; ++edits) {
    for (int64_t k = -edits; k <= edits; k += 2) {
      const bool down = k == -edits || (k != edits && at(k - 1) < at(k + 1));
      int64_t x = down ? at(k + 1) : at(k - 1) + 1;
      while (x < n && x - k < m && a[static_cast<size_t>(x)] == b[static_cast<size_t>(x - k)]) ++x;
      at(k) = x;
    }
    const auto middle = reach.begin() + kMostEdits + 1;
    trace.emplace_back(middle - edits, middle + edits + 1);
    if (std::abs(n - m) <= edits && at(n - m) >= n) return trace;
  }
  return {};
}

/// The edits in their order, found backwards from the end of the trace.
std::vector<Edit> edits_between(const Lines& a, const Lines& b) {
  const std::vector<std::vector<int64_t>> trace = furthest_points(a, b);
  std::vector<Edit> edits;
  if (trace.empty()) {
    for (const std::string_view line : a) edits.push_back({'-', line});
    for (const std::string_view line : b) edits.push_back({'+', line});
    return edits;
  }
  int64_t x = std::ssize(a), y = std::ssize(b);
  const auto keep = [&] { edits.push_back({' ', a[static_cast<size_t>(--x)]}), --y; };
  for (int64_t d = std::ssize(trace) - 1; d > 0; --d) {
    const std::vector<int64_t>& before = trace[static_cast<size_t>(d - 1)];
    const auto reached = [&](int64_t k) {
      return std::abs(k) < d ? before[static_cast<size_t>(k + d - 1)] : -1;
    };
    const int64_t k = x - y;
    const bool down = k == -d || (k != d && reached(k - 1) < reached(k + 1));
    const int64_t start = down ? reached(k + 1) : reached(k - 1) + 1;
    while (x > start) keep();
    if (down) {
      edits.push_back({'+', b[static_cast<size_t>(--y)]});
    } else {
      edits.push_back({'-', a[static_cast<size_t>(--x)]});
    }
  }
  while (x > 0) keep();
  std::reverse(edits.begin(), edits.end());
  return edits;
}

std::string range(int64_t first, int64_t count) {
  const int64_t line = count == 0 ? first : first + 1;
  return count == 1 ? fmt::format("{}", line) : fmt::format("{},{}", line, count);
}

/// One hunk of the edits [begin, end), with the lines that stand before it counted in a and b.
std::string hunk(const std::vector<Edit>& edits, size_t begin, size_t end) {
  int64_t first[2] = {0, 0}, count[2] = {0, 0};
  std::string body;
  for (size_t i = 0; i < end; ++i) {
    const Edit& edit = edits[i];
    auto& counted = i < begin ? first : count;
    if (edit.kind != '+') ++counted[0];
    if (edit.kind != '-') ++counted[1];
    if (i < begin) continue;
    body += edit.kind;
    body += edit.line;
    if (!edit.line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
  }
  return fmt::format("@@ -{} +{} @@\n{}", range(first[0], count[0]), range(first[1], count[1]),
                     body);
}

}  // namespace

std::string line_diff(std::string_view before, std::string_view after) {
  const std::vector<Edit> edits = edits_between(lines_of(before), lines_of(after));
  std::string diff;
  const int64_t all = std::ssize(edits);
  for (int64_t i = 0; i < all;) {
    if (edits[static_cast<size_t>(i)].kind == ' ') {
      ++i;
      continue;
    }
    // A hunk goes on while the next change is so near that their contexts would touch.
    int64_t last = i;
    for (int64_t j = i; j < all && j <= last + 2 * kContext + 1; ++j) {
      if (edits[static_cast<size_t>(j)].kind != ' ') last = j;
    }
    const int64_t begin = std::max<int64_t>(0, i - kContext);
    const int64_t end = std::min(all, last + 1 + kContext);
    diff += hunk(edits, static_cast<size_t>(begin), static_cast<size_t>(end));
    i = end;
  }
  return diff;
}

}  // namespace tern
