#include "loop/propose/search_space.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "tern/base/error.h"
#include "tern/recipe/recipe_text.h"

namespace tern {
namespace {

constexpr double kClosest = 1.15;  // factor between neighbours that have no midpoint
constexpr double kFarthest = 10;

std::optional<double> number_of(const std::string& value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

bool is_legal(const RecipeField& field, const std::string& value) {
  if (field.type == "bool") return value == "true" || value == "false";
  if (field.type == "std::string") return true;
  const std::optional<double> number = number_of(value);
  const bool real = field.type == "float" || field.type == "double";
  return number && std::isfinite(*number) &&
         (real || value.find_first_not_of("-0123456789") == value.npos);
}

Knob knob_of(const RecipeField& field) {
  Knob knob;
  knob.name = field.name;
  knob.real = field.type == "float" || field.type == "double";
  knob.numeric = field.type != "bool" && field.type != "std::string";
  // The recipe's own value first, so that its spelling stays where the list spells it otherwise.
  std::vector<std::string> all = {field.value};
  all.insert(all.end(), field.values.begin(), field.values.end());
  for (const std::string& value : all) {
    const bool listed = std::ranges::any_of(
        knob.values, [&](const std::string& other) { return same_value(value, other); });
    if (!listed && is_legal(field, value)) knob.values.push_back(value);
  }
  if (knob.numeric) {
    std::ranges::sort(knob.values, {}, [](const std::string& value) { return *number_of(value); });
  } else {
    // Words keep the order of the list, in which neighbours are often akin.
    const auto place = [&](const std::string& value) {
      return std::ranges::find(field.values, value);
    };
    std::ranges::stable_sort(knob.values, {}, place);
  }
  const auto own = std::ranges::find(knob.values, field.value);
  knob.current = static_cast<size_t>(own - knob.values.begin());
  return knob;
}

}  // namespace

bool same_value(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const std::optional<double> number = number_of(a);
  return number && number == number_of(b);
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

SearchSpace::SearchSpace(std::string source) : source_(std::move(source)) {
  for (const RecipeField& field : recipe_fields(source_)) {
    if (!is_legal(field, field.value)) continue;  // an expression, not a value
    Knob knob = knob_of(field);
    if (knob.values.size() > 1) knobs_.push_back(std::move(knob));
  }
}

std::optional<size_t> SearchSpace::find(std::string_view name) const {
  for (size_t i = 0; i < knobs_.size(); ++i) {
    if (knobs_[i].name == name) return i;
  }
  return std::nullopt;
}

std::string SearchSpace::apply(const Changes& changes) const {
  std::string source = source_;
  for (const Change& change : changes) {
    source = set_recipe_default(std::move(source), knobs_[change.knob].name, change.value);
  }
  return source;
}

std::string SearchSpace::describe(const Changes& changes) const {
  std::string text;
  for (const auto& [knob, value] : changes) {
    text += fmt::format("{}{}: {} -> {}", text.empty() ? "" : ", ", knobs_[knob].name,
                        knobs_[knob].value(), value);
  }
  return text;
}

std::string SearchSpace::key(const Changes& changes) const {
  std::string key;
  for (size_t i = 0; i < knobs_.size(); ++i) {
    const auto change = std::ranges::find(changes, i, &Change::knob);
    const std::string& value = change == changes.end() ? knobs_[i].value() : change->value;
    const std::optional<double> number = number_of(value);
    key += number ? fmt::format("{:.9g}\n", *number) : value + '\n';
  }
  return key;
}

}  // namespace tern
