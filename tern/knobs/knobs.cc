#include "tern/knobs/knobs.h"

#include <algorithm>
#include <sstream>

#include "tern/base/error.h"
#include "tern/base/joined.h"

namespace tern {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> values_of(const std::vector<KnobChoice>& choices) {
  std::vector<std::string> values;
  for (const KnobChoice& choice : choices) values.push_back(choice.value);
  return values;
}

bool holds_value(const std::vector<std::string>& values, const std::string& value) {
  return std::ranges::any_of(values,
                             [&](const std::string& other) { return same_value(other, value); });
}

/// Meaning and values of a knob, for the list of flags.
std::string help_of(const KnobDescription& knob) {
  std::string help = knob.meaning;
  if (!knob.choices.empty()) {
    help += fmt::format("; one of {}", joined(values_of(knob.choices)));
  } else if (!knob.tries.empty() && knob.type != "bool") {
    help += fmt::format("; try {}", joined(knob.tries));
  }
  return help;
}

std::string in_words(const KnobNeed& need) {
  const std::string flag = flag_name(need.knob);
  if (need.values == std::vector<std::string>{"true"} && need.is) return flag;
  std::string values;
  for (const std::string& value : need.values) values += (values.empty() ? "" : " or ") + value;
  return need.is ? flag + " " + values : "another " + flag + " than " + values;
}

}  // namespace

std::vector<std::string>& registered_knobs() {
  static std::vector<std::string> names;
  return names;
}

void Knobs::add_knob(std::string_view member, std::string_view type, const KnobNote& note,
                     Binding binding) {
  Entry entry;
  KnobDescription& knob = entry.said;
  knob.path = path_ + std::string(member);
  knob.name = note.name.empty() ? knob.path : std::string(note.name);
  if (note.name.empty()) std::ranges::replace(knob.name, '.', '_');
  knob.type = type;
  knob.meaning = note.meaning;
  knob.source = note.source;
  knob.choices = note.choices;
  knob.tries = words_of(note.tries);
  if (knob.tries.empty()) knob.tries = values_of(note.choices);
  if (knob.tries.empty() && knob.type == "bool") knob.tries = {"false", "true"};
  if (note.tries == kNotSearched) knob.tries.clear();
  knob.length = note.length != RunLength::kNone;
  entry.length = note.length;
  for (const Entry& other : knobs_) {
    tern::check(other.said.name != knob.name, "two knobs of the recipe are called {}: {} and {}",
                knob.name, other.said.path, knob.path);
  }
  entry.binding = std::move(binding);
  entry.acts = note.acts;
  knobs_.push_back(std::move(entry));
}

void Knobs::narrow_from(size_t first, const Condition& acts) {
  for (size_t i = first; i < knobs_.size(); ++i) knobs_[i].acts = knobs_[i].acts && acts;
}

void Knobs::narrow(const void* variable, const Condition& acts) {
  const auto it = std::ranges::find(knobs_, variable,
                                    [](const Entry& entry) { return entry.binding.variable; });
  tern::check(it != knobs_.end(), "a condition is to hold for a variable that is no knob");
  it->acts = it->acts && acts;
}

KnobNeed Knobs::resolve(const Entry& of, const Condition::Need& need) const {
  const auto it = std::ranges::find_if(knobs_, [&](const Entry& entry) {
    return need.variable != nullptr ? entry.binding.variable == need.variable
                                    : entry.said.name == need.name;
  });
  if (it == knobs_.end()) {
    // A recipe may have left out the options that a condition speaks of.
    tern::check(std::ranges::count(registered_knobs(), need.name) > 0,
                "the condition of {} names {}, which is no knob", of.said.name,
                need.name.empty() ? "a variable" : need.name);
    return {need.name, need.is, need.values};
  }
  const std::vector<std::string> choices = values_of(it->said.choices);
  for (const std::string& value : need.values) {
    tern::check(fits_type(it->said.type, value) && (choices.empty() || holds_value(choices, value)),
                "the condition of {} names the value {} of {}, which has no such value",
                of.said.name, value, it->said.name);
  }
  return {it->said.name, need.is, need.values};
}

void Knobs::close() {
  for (Entry& entry : knobs_) {
    KnobDescription& knob = entry.said;
    knob.standard = entry.binding.text();
    for (const std::string& value : knob.tries) {
      tern::check(fits_type(knob.type, value), "{} is to try {}, which is no {}", knob.name, value,
                  knob.type);
      if (same_value(value, knob.standard)) knob.standard = value;
    }
    knob.ways.clear();
    for (const auto& way : entry.acts.ways()) {
      KnobWay& resolved = knob.ways.emplace_back();
      for (const Condition::Need& need : way) resolved.all.push_back(resolve(entry, need));
    }
  }
}

RecipeDescription Knobs::description() const {
  RecipeDescription recipe;
  for (const Entry& entry : knobs_) {
    KnobDescription& knob = recipe.knobs.emplace_back(entry.said);
    knob.value = entry.binding.text();
    // As the lists spell it: 3e-4, not 0.0003.
    for (const std::string& value : knob.tries) {
      if (same_value(value, knob.value)) knob.value = value;
    }
    if (same_value(knob.standard, knob.value)) knob.value = knob.standard;
  }
  for (KnobDescription& knob : recipe.knobs) {
    for (KnobWay& way : knob.ways) {
      std::erase_if(way.all,
                    [&](const KnobNeed& need) { return recipe.find(need.knob) == nullptr; });
    }
    // A way of which nothing is left is always open.
    const auto open = [](const KnobWay& way) { return way.all.empty(); };
    if (std::ranges::any_of(knob.ways, open)) knob.ways.clear();
  }
  recipe.settle();
  return recipe;
}

void Knobs::add_flags(Flags& flags) const {
  for (const Entry& entry : knobs_) {
    entry.binding.add_flag(flags, entry.said.name, help_of(entry.said));
  }
}

std::vector<KnownLength> Knobs::lengths() const {
  std::vector<KnownLength> all;
  for (const KnobDescription& knob : description().knobs) {
    const auto entry =
        std::ranges::find(knobs_, knob.name, [](const Entry& e) { return e.said.name; });
    if (entry->length == RunLength::kNone || !knob.acts) continue;
    const double steps = std::stod(knob.value);
    if (steps > 1) all.push_back({knob.name, steps, entry->length == RunLength::kMustEnd});
  }
  return all;
}

void Knobs::check() const {
  for (const Entry& entry : knobs_) {
    const std::vector<std::string> choices = values_of(entry.said.choices);
    const std::string value = entry.binding.text();
    tern::check(choices.empty() || holds_value(choices, value), "{} must be one of {}; found {}",
                flag_name(entry.said.name), listed(choices), value);
  }
  for (const auto& check_group : checks_) check_group();
}

std::string ways_in_words(const RecipeDescription& recipe, const KnobDescription& knob) {
  std::string all;
  for (const KnobWay& way : knob.ways) {
    std::string unmet;
    for (const KnobNeed& need : way.all) {
      if (!recipe.meets(need)) unmet += (unmet.empty() ? "" : " and ") + in_words(need);
    }
    all += (all.empty() ? "" : ", or ") + unmet;
  }
  return all;
}

void check_effects(const RecipeDescription& now, const RecipeDescription& before) {
  for (const KnobDescription& knob : now.knobs) {
    const KnobDescription* old = before.find(knob.name);
    if (knob.acts || old == nullptr || same_value(knob.value, old->value)) continue;
    fail("{} {} has no effect here: it needs {}", flag_name(knob.name), knob.value,
         ways_in_words(now, knob));
  }
}

}  // namespace tern
