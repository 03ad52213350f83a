#include "tern/knobs/knobs.h"

#include <algorithm>
#include <sstream>

#include "tern/base/error.h"
#include "tern/base/text.h"
#include "tern/contract/knob_words.h"

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

/// Two needs of one knob that name values are one, of the values in both. False where there is
/// none: the way is never open.
bool add_need(KnobWay& way, KnobNeed need) {
  for (KnobNeed& other : way.all) {
    if (other.knob != need.knob || !other.is || !need.is) continue;
    std::erase_if(other.values, [&](const std::string& value) {
      return std::ranges::find(need.values, value) == need.values.end();
    });
    return !other.values.empty();
  }
  way.all.push_back(std::move(need));
  return true;
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
  knob.bends_curve = note.bends_curve;
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

/// None for a need of a knob that the recipe has left out.
std::optional<KnobNeed> Knobs::resolve(const Entry& of, const Condition::Need& need) const {
  const auto it = std::ranges::find_if(knobs_, [&](const Entry& entry) {
    return need.variable != nullptr ? entry.binding.variable == need.variable
                                    : entry.said.name == need.name;
  });
  if (it == knobs_.end()) {
    tern::check(std::ranges::count(registered_knobs(), need.name) > 0,
                "the condition of {} names {}, which is no knob", of.said.name,
                need.name.empty() ? "a variable" : need.name);
    return std::nullopt;
  }
  for (const std::string& value : need.values) {
    tern::check(it->said.allows(value),
                "the condition of {} names the value {} of {}, which has no such value",
                of.said.name, value, it->said.name);
  }
  return KnobNeed{it->said.name, need.is, need.values};
}

/// A recipe may have left out the options that a condition speaks of. Such a knob has none of the
/// values that are named; where no other way is open, what the recipe has in its place may do.
std::vector<KnobWay> Knobs::resolve(const Entry& of) const {
  std::vector<KnobWay> sure, perhaps;
  for (const std::vector<Condition::Need>& needs : of.acts.ways()) {
    KnobWay way;
    bool left_out = false, possible = true;
    for (const Condition::Need& need : needs) {
      if (std::optional<KnobNeed> resolved = resolve(of, need)) {
        possible = add_need(way, std::move(*resolved)) && possible;
      } else {
        left_out = left_out || need.is;
      }
    }
    if (possible) (left_out ? perhaps : sure).push_back(std::move(way));
  }
  tern::check(of.acts.ways().empty() || !sure.empty() || !perhaps.empty(),
              "the condition of {} can never hold", of.said.name);
  std::vector<KnobWay>& ways = sure.empty() ? perhaps : sure;
  const auto open = [](const KnobWay& way) { return way.all.empty(); };
  if (std::ranges::any_of(ways, open)) ways.clear();
  return ways;
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
    knob.ways = resolve(entry);
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
    const std::string value = entry.binding.text();
    tern::check(entry.said.allows(value), "{} must be one of {}; found {}",
                flag_name(entry.said.name), listed(values_of(entry.said.choices)), value);
  }
  for (const auto& check_group : checks_) check_group();
}

void check_effects(const RecipeDescription& now, const RecipeDescription& before) {
  for (const KnobDescription& knob : now.knobs) {
    const KnobDescription* old = before.find(knob.name);
    if (knob.acts || old == nullptr || same_value(knob.value, old->value)) continue;
    fail("{} {} has no effect here: it needs {}", flag_name(knob.name), knob.value,
         missing_in_words(now, knob));
  }
}

}  // namespace tern
