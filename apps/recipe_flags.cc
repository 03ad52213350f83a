#include "apps/recipe_flags.h"

#include <fmt/core.h>

#include <algorithm>

#include "tern/contract/knob_description.h"

namespace tern {
namespace {

struct GivenFlag {
  std::string name;   // "--lr"
  std::string value;  // of a flag without one: true, or false with --no- in front
  size_t words = 1;
};

/// The flag that begins at words[i].
GivenFlag flag_at(const std::vector<std::string>& words, size_t i) {
  const std::string& word = words[i];
  if (const size_t equals = word.find('='); equals != word.npos) {
    return {word.substr(0, equals), word.substr(equals + 1)};
  }
  if (i + 1 < words.size() && !words[i + 1].starts_with("--")) return {word, words[i + 1], 2};
  if (word.starts_with("--no-")) return {"--" + word.substr(5), "false"};
  return {word, "true"};
}

std::vector<GivenFlag> flags_in(const std::vector<std::string>& words) {
  std::vector<GivenFlag> flags;
  for (size_t i = 0; i < words.size(); i += flags.back().words) flags.push_back(flag_at(words, i));
  return flags;
}

}  // namespace

bool sets_budget(const std::vector<std::string>& flags) {
  return std::ranges::any_of(flags_in(flags), [](const GivenFlag& flag) {
    return flag.name == "--steps" || flag.name == "--tokens" || flag.name == "--time-budget";
  });
}

std::vector<std::string> with_budget(const BudgetConfig& budget,
                                     const std::vector<std::string>& flags) {
  std::vector<std::string> all = {"--steps", "0", "--tokens", "0"};
  if (!sets_budget(flags)) all = budget.flags();
  all.insert(all.end(), flags.begin(), flags.end());
  return all;
}

std::string changed_flags(const std::vector<std::string>& before,
                          const std::vector<std::string>& given) {
  const std::vector<GivenFlag> old = flags_in(before);
  std::string changes;
  for (const GivenFlag& flag : flags_in(given)) {
    // The last one counts.
    const auto found = std::find_if(
        old.rbegin(), old.rend(), [&](const GivenFlag& other) { return other.name == flag.name; });
    if (found != old.rend() && same_value(found->value, flag.value)) continue;
    changes += fmt::format("{}{} {} ({})", changes.empty() ? "" : ", ", flag.name, flag.value,
                           found == old.rend() ? "not given before" : "before: " + found->value);
  }
  return changes;
}

}  // namespace tern
