#include "tern/contract/knob_words.h"

#include <algorithm>
#include <vector>

#include "tern/base/flags.h"
#include "tern/base/text.h"

namespace tern {
namespace {

std::string in_words(const std::string& name, const KnobNeed& need) {
  const std::string values = joined(need.values, "/");
  return need.is ? name + " " + values : "another " + name + " than " + values;
}

std::string as_flag(const KnobNeed& need) {
  const bool is_switch = need.is && need.values == std::vector<std::string>{"true"};
  return is_switch ? flag_name(need.knob) : in_words(flag_name(need.knob), need);
}

using Phrases = std::vector<std::string>;

bool holds_all(const Phrases& of, const Phrases& wanted) {
  return std::ranges::all_of(
      wanted, [&](const std::string& phrase) { return std::ranges::find(of, phrase) != of.end(); });
}

/// The ways, each as the phrases of its needs; one that asks for all that another does, and more,
/// is passed over.
std::string ways_in_words(const std::vector<Phrases>& ways) {
  Phrases told;
  for (size_t i = 0; i < ways.size(); ++i) {
    bool passed_over = false;
    for (size_t j = 0; j < ways.size(); ++j) {
      const bool shorter = ways[j].size() < ways[i].size() || (j < i && ways[j] == ways[i]);
      passed_over = passed_over || (shorter && holds_all(ways[i], ways[j]));
    }
    if (!passed_over) told.push_back(joined(ways[i], " and "));
  }
  return joined(told, ", or ");
}

}  // namespace

std::string needs_in_words(const KnobDescription& knob) {
  std::vector<Phrases> ways;
  for (const KnobWay& way : knob.ways) {
    Phrases& needs = ways.emplace_back();
    for (const KnobNeed& need : way.all) needs.push_back(in_words(need.knob, need));
  }
  return ways_in_words(ways);
}

std::string missing_in_words(const RecipeDescription& recipe, const KnobDescription& knob) {
  std::vector<Phrases> ways;
  for (const KnobWay& way : knob.ways) {
    Phrases& needs = ways.emplace_back();
    for (const KnobNeed& need : way.all) {
      if (!recipe.meets(need)) needs.push_back(as_flag(need));
    }
  }
  return ways_in_words(ways);
}

}  // namespace tern
