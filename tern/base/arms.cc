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

/// Whether values meet one condition of a need: "field: value value" or "field: !value".
bool meets(const FieldValues& values, const std::string& condition) {
  const size_t colon = condition.find(": ");
  const auto found = values.find(condition.substr(0, colon));
  if (found == values.end()) return true;  // a recipe of its own, without that field
  std::istringstream words(condition.substr(colon + 2));
  for (std::string word; words >> word;) {
    if (word.starts_with('!') ? found->second != word.substr(1) : found->second == word)
      return true;
  }
  return false;
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> all;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    all.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  return all;
}

/// The conditions of one alternative that values do not meet.
std::vector<std::string> unmet(const FieldValues& values, const std::string& alternative) {
  std::vector<std::string> all = split(alternative, " & ");
  std::erase_if(all, [&](const std::string& condition) { return meets(values, condition); });
  return all;
}

/// "--lr-schedule wsd", "another --distill than none", "--reactivate".
std::string in_words(const std::string& condition) {
  const size_t colon = condition.find(": ");
  const std::string flag = flag_name(condition.substr(0, colon));
  std::string values = condition.substr(colon + 2);
  if (values == "true") return flag;
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
    std::string listed;
    bool acts = false;
    for (const std::string& way : split(arm.needs, " | ")) {
      const std::vector<std::string> missing = unmet(values, way);
      acts = acts || missing.empty();
      listed += listed.empty() ? "" : ", or ";
      for (const std::string& condition : missing) {
        listed += (&condition == &missing.front() ? "" : " and ") + in_words(condition);
      }
    }
    if (acts) continue;
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
