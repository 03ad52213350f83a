#include "tern/base/arms.h"

#include <algorithm>
#include <tuple>
#include <utility>

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

std::string meaning_of_field(const std::string& field) {
  for (const Arm& arm : registered()) {
    if (arm.field == field && arm.value.empty()) return arm.meaning;
  }
  return "";
}

}  // namespace tern
