#include "loop/propose/knob.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace tern::loop {
namespace {

constexpr double kClosest = 1.15;  // factor between neighbours that have no midpoint
constexpr double kFarthest = 10;

}  // namespace

bool may_try(const KnobDescription& knob, const std::string& value, double most_steps) {
  if (!knob.allows(value)) return false;
  return !knob.length || number_of(value).value_or(0) <= std::max(1.0, most_steps);
}

Knob Knob::of(const KnobDescription& described, double most_steps) {
  Knob knob;
  knob.name = described.name;
  knob.real = described.real();
  knob.numeric = described.number();
  // The recipe's own value first, so that its spelling stays where the list spells it otherwise.
  knob.values = {described.value};
  for (const std::string& value : described.tries) {
    if (!holds_value(knob.values, value) && may_try(described, value, most_steps)) {
      knob.values.push_back(value);
    }
  }
  if (knob.numeric) {
    std::ranges::sort(knob.values, {}, [](const std::string& value) { return *number_of(value); });
  } else {
    // Words keep the order of the list, in which neighbours are often akin.
    const auto place = [&](const std::string& value) {
      return std::ranges::find(described.tries, value);
    };
    std::ranges::stable_sort(knob.values, {}, place);
  }
  const auto own = std::ranges::find(knob.values, described.value);
  knob.current = static_cast<size_t>(own - knob.values.begin());
  return knob;
}

std::optional<double> Knob::position_of(const std::string& value) const {
  for (size_t i = 0; i < values.size(); ++i) {
    if (same_value(values[i], value)) return static_cast<double>(i);
  }
  const std::optional<double> number = numeric ? number_of(value) : std::nullopt;
  if (!number) return std::nullopt;
  const double last = static_cast<double>(values.size() - 1);
  if (*number < *number_of(values.front())) return 0;
  if (*number > *number_of(values.back())) return last;
  size_t above = 0;
  while (*number_of(values[above]) < *number) ++above;
  double low = *number_of(values[above - 1]);
  double high = *number_of(values[above]);
  double between = *number;
  if (low > 0) {
    low = std::log(low);
    high = std::log(high);
    between = std::log(between);
  }
  return static_cast<double>(above - 1) + (between - low) / (high - low);
}

std::vector<std::string> Knob::midpoints() const {
  std::vector<std::string> middles;
  for (size_t i = 1; real && i < values.size(); ++i) {
    const double low = *number_of(values[i - 1]);
    const double high = *number_of(values[i]);
    if (low <= 0 || high < kClosest * low || high > kFarthest * low) continue;
    middles.push_back(fmt::format("{:.2g}", std::sqrt(low * high)));
    if (same_value(middles.back(), values[i - 1]) || same_value(middles.back(), values[i])) {
      middles.pop_back();
    }
  }
  return middles;
}

}  // namespace tern::loop
