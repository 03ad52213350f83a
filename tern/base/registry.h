#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tern/base/arms.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"

namespace tern {

/// The implementations that a string field of the recipe chooses from, by the field's value. Each
/// is added by its own .cc file, so that a new one changes no other:
///
///     const Register<GroupScale> registration(group_scales(), "absmedian", absmedian,
///                                             "median of |w|", "BitNet Reloaded, 2407.09527");
template <class T>
class Registry {
 public:
  explicit Registry(std::string field) : field_(std::move(field)) {}

  const std::string& field() const { return field_; }
  /// A second implementation of one value is an error, but of the first use of the registry: this
  /// runs before main, where nobody could catch it.
  void add(const std::string& value, T implementation) {
    if (!all_.emplace(value, std::move(implementation)).second) twice_ = value;
  }

  /// Throws an Error that lists the values when there is no such one.
  const T& at(const std::string& value) const {
    check_unique();
    const auto found = all_.find(value);
    if (found != all_.end()) return found->second;
    fail("{} must be one of {}; found {}", flag_name(field_), listed(values()), value);
  }

  std::vector<std::string> values() const {
    check_unique();
    std::vector<std::string> out;
    for (const auto& [value, implementation] : all_) out.push_back(value);
    return out;
  }

 private:
  void check_unique() const {
    check(!twice_, "{}: expected one implementation of each value, found two of \"{}\"; rename one",
          flag_name(field_), twice_.value_or(""));
  }

  std::string field_;
  std::map<std::string, T> all_;
  std::optional<std::string> twice_;  // a value that was added again
};

/// Adds one implementation and says what it is; a file-local constant.
template <class T>
class Register {
 public:
  Register(Registry<T>& registry, const std::string& value, T implementation,
           const std::string& meaning, const std::string& source) {
    registry.add(value, std::move(implementation));
    RegisterArm({registry.field(), value, meaning, source});
  }
};

}  // namespace tern
