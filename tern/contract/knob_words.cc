#include "tern/contract/knob_words.h"

#include "tern/base/flags.h"

namespace tern {
namespace {

std::string in_words(const std::string& name, const KnobNeed& need) {
  std::string values;
  for (const std::string& value : need.values) values += (values.empty() ? "" : " or ") + value;
  return need.is ? name + " " + values : "another " + name + " than " + values;
}

std::string as_flag(const KnobNeed& need) {
  const bool is_switch = need.is && need.values == std::vector<std::string>{"true"};
  return is_switch ? flag_name(need.knob) : in_words(flag_name(need.knob), need);
}

/// `tell` of each need, "" for one that is passed over, with the words between them.
template <class Tell>
std::string ways_in_words(const KnobDescription& knob, const Tell& tell) {
  std::string all;
  for (const KnobWay& way : knob.ways) {
    std::string needs;
    for (const KnobNeed& need : way.all) {
      const std::string told = tell(need);
      needs += (needs.empty() || told.empty() ? "" : " and ") + told;
    }
    all += (all.empty() || needs.empty() ? "" : ", or ") + needs;
  }
  return all;
}

}  // namespace

std::string needs_in_words(const KnobDescription& knob) {
  return ways_in_words(knob, [](const KnobNeed& need) { return in_words(need.knob, need); });
}

std::string missing_in_words(const RecipeDescription& recipe, const KnobDescription& knob) {
  return ways_in_words(
      knob, [&](const KnobNeed& need) { return recipe.meets(need) ? "" : as_flag(need); });
}

}  // namespace tern
