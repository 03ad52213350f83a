#include "tern/contract/knob_description.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "tern/base/error.h"
#include "tern/base/printable.h"
#include "tern/contract/json_form.h"

namespace tern {
namespace {

constexpr size_t kMostBytes = 1 << 20, kMostKnobs = 500, kMostValues = 200, kLongestText = 2000;
// What a search goes through again and again; the shipped recipe has 4 ways of 4 needs at most.
constexpr size_t kMostWays = 16, kMostNeeds = 8;
constexpr std::string_view kTypes[] = {"bool",  "int",    "int64_t",    "uint64_t",
                                       "float", "double", "std::string"};

template <class T>
bool is_a(std::string_view value) {
  T number{};
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size();
}

bool is_name(std::string_view text, bool dots) {
  const auto allowed = [dots](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (dots && c == '.');
  };
  return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, allowed) &&
         !(text[0] >= '0' && text[0] <= '9') && text.front() != '.' && text.back() != '.' &&
         text.find("..") == text.npos;
}

/// A line that a table, a prompt and a terminal can show.
bool is_line(std::string_view text) {
  return text.size() <= kLongestText && printable(text) == text;
}

void validate(const RecipeDescription& recipe, const KnobDescription& knob) {
  check(is_name(knob.name, false),
        "a knob's name must be a word of letters, digits and _, found {}",
        is_line(knob.name) ? knob.name.substr(0, 100) : "one with control characters");
  const auto require = [&](bool condition, const char* what) {
    check(condition, "the knob {} has {}", knob.name, what);
  };
  require(is_name(knob.path, true), "a path that is none");
  require(std::ranges::find(kTypes, knob.type) != std::end(kTypes), "an unknown type");
  require(is_line(knob.meaning) && is_line(knob.source), "a meaning or source that is no line");
  require(knob.tries.size() <= kMostValues && knob.choices.size() <= kMostValues &&
              knob.ways.size() <= kMostWays,
          "more values or ways than are read");
  std::vector<std::string_view> values = {knob.value, knob.standard};
  values.insert(values.end(), knob.tries.begin(), knob.tries.end());
  for (const KnobChoice& choice : knob.choices) {
    values.push_back(choice.value);
    require(is_line(choice.meaning) && is_line(choice.source),
            "a choice whose meaning or source is no line");
  }
  for (const std::string_view value : values) {
    require(is_line(value) && fits_type(knob.type, value), "a value that is not of its type");
  }
  for (const KnobWay& way : knob.ways) {
    require(!way.all.empty() && way.all.size() <= kMostNeeds, "a way of no needs or too many");
    for (const KnobNeed& need : way.all) {
      require(recipe.find(need.knob) != nullptr, "a need of a knob that is not there");
      require(!need.values.empty() && need.values.size() <= kMostValues, "a need without values");
    }
  }
}

}  // namespace

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const std::optional<double> number = number_of(a);
  return number && number == number_of(b);
}

bool holds_value(const std::vector<std::string>& values, std::string_view value) {
  return std::ranges::any_of(values,
                             [&](const std::string& other) { return same_value(other, value); });
}

bool fits_type(std::string_view type, std::string_view value) {
  if (type == "bool") return value == "true" || value == "false";
  if (type == "int") return is_a<int>(value);
  if (type == "int64_t") return is_a<int64_t>(value);
  if (type == "uint64_t") return is_a<uint64_t>(value);
  if (type == "float" || type == "double") {
    const std::optional<double> number = number_of(value);
    return number && std::isfinite(*number);
  }
  return is_line(value);
}

bool KnobDescription::allows(std::string_view wanted) const {
  const auto is_it = [&](const KnobChoice& choice) { return same_value(choice.value, wanted); };
  return fits_type(type, wanted) && (choices.empty() || std::ranges::any_of(choices, is_it));
}

const KnobDescription* RecipeDescription::find(std::string_view name) const {
  const auto found = std::ranges::find(knobs, name, &KnobDescription::name);
  return found == knobs.end() ? nullptr : &*found;
}

KnobDescription* RecipeDescription::find(std::string_view name) {
  const auto found = std::ranges::find(knobs, name, &KnobDescription::name);
  return found == knobs.end() ? nullptr : &*found;
}

bool RecipeDescription::meets(const KnobNeed& need) const {
  const KnobDescription* knob = find(need.knob);
  if (knob == nullptr) return false;
  return holds_value(need.values, knob->acts ? knob->value : knob->standard) == need.is;
}

void RecipeDescription::settle() {
  for (KnobDescription& knob : knobs) knob.acts = true;
  // What turns out to be idle may change what others have to act; conditions that contradict
  // themselves would do so for ever.
  bool changed = true;
  for (size_t pass = 0; changed && pass < knobs.size(); ++pass) {
    changed = false;
    for (KnobDescription& knob : knobs) {
      const auto holds = [this](const KnobWay& way) {
        return std::ranges::all_of(way.all, [this](const KnobNeed& need) { return meets(need); });
      };
      const bool acts = knob.ways.empty() || std::ranges::any_of(knob.ways, holds);
      changed = changed || acts != knob.acts;
      knob.acts = acts;
    }
  }
}

std::string RecipeDescription::to_text() const { return json_of(*this).dump_pretty() + "\n"; }

RecipeDescription RecipeDescription::parse_untrusted(std::string_view text) {
  check(text.size() <= kMostBytes, "the recipe describes itself in more than {} bytes", kMostBytes);
  RecipeDescription recipe;
  try {
    recipe = from_json<RecipeDescription>(Json::parse(text, "the recipe's description"));
  } catch (const Error& e) {
    fail("what the recipe says of its knobs is no description: {}", e.what());
  }
  check(recipe.version == kVersion, "the recipe's description is of version {}, expected {}",
        recipe.version, kVersion);
  check(recipe.knobs.size() <= kMostKnobs, "the recipe has more than {} knobs", kMostKnobs);
  std::set<std::string_view> names, paths;
  for (const KnobDescription& knob : recipe.knobs) {
    check(names.insert(knob.name).second, "the recipe has two knobs called {}", knob.name);
    check(paths.insert(knob.path).second, "the recipe has two knobs at {}", knob.path);
    validate(recipe, knob);
  }
  recipe.settle();
  return recipe;
}

}  // namespace tern
