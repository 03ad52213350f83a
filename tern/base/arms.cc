#include "tern/base/arms.h"

#include <algorithm>
#include <sstream>
#include <tuple>
#include <utility>

#include "tern/base/error.h"
#include "tern/base/flags.h"

namespace tern {
namespace {

/// Filled before main, in whatever order the files come.
std::vector<Arm>& registered() {
  static std::vector<Arm> all;
  return all;
}

}  // namespace

RegisterArm::RegisterArm(Arm arm) { registered().push_back(std::move(arm)); }

std::vector<Arm> arms() {
  std::vector<Arm> all = registered();
  std::ranges::sort(all, {}, [](const Arm& arm) { return std::tie(arm.field, arm.value); });
  return all;
}

namespace {

/// Whether values meet one alternative of a need: "field: value value" or "field: !value".
bool meets(const FieldValues& values, const std::string& alternative) {
  const size_t colon = alternative.find(": ");
  const auto found = values.find(alternative.substr(0, colon));
  if (found == values.end()) return true;  // a recipe of its own, without that field
  std::istringstream words(alternative.substr(colon + 2));
  for (std::string word; words >> word;) {
    if (word.starts_with('!') ? found->second != word.substr(1) : found->second == word)
      return true;
  }
  return false;
}

std::vector<std::string> alternatives(const std::string& needs) {
  std::vector<std::string> all;
  for (size_t begin = 0; begin < needs.size();) {
    const size_t end = std::min(needs.find(" | ", begin), needs.size());
    all.push_back(needs.substr(begin, end - begin));
    begin = end + 3;
  }
  return all;
}

/// "--lr-schedule wsd", "another --distill than none".
std::string in_words(const std::string& alternative) {
  const size_t colon = alternative.find(": ");
  const std::string flag = flag_name(alternative.substr(0, colon));
  std::string values = alternative.substr(colon + 2);
  if (values.starts_with('!')) return "another " + flag + " than " + values.substr(1);
  for (size_t blank = values.find(' '); blank != std::string::npos;
       blank = values.find(' ', blank + 4)) {
    values.replace(blank, 1, " or ");
  }
  return flag + " " + values;
}

}  // namespace

void check_effects(const FieldValues& values, const FieldValues& defaults) {
  for (const Arm& arm : arms()) {
    const auto value = values.find(arm.field);
    if (arm.needs.empty() || value == values.end()) continue;
    if (value->second == defaults.at(arm.field)) continue;
    const std::vector<std::string> ways = alternatives(arm.needs);
    if (std::ranges::any_of(ways, [&](const auto& way) { return meets(values, way); })) continue;
    std::string listed;
    for (const std::string& way : ways) listed += (listed.empty() ? "" : ", or ") + in_words(way);
    fail("{} {} has no effect here: it needs {}", flag_name(arm.field), value->second, listed);
  }
}

std::string meaning_of_field(const std::string& field) {
  for (const Arm& arm : registered()) {
    if (arm.field == field && arm.value.empty()) return arm.meaning;
  }
  return "";
}

}  // namespace tern
