#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/contract/knob_description.h"

namespace tern {

/// The names of all knobs that choose from a registry, so that a condition on a knob which a recipe
/// has left out is told from a misspelt one.
std::vector<std::string>& registered_knobs();

/// The implementations that a knob chooses from, by its value. Each is added by its own .cc file,
/// so that a new one changes no other:
///
///     const Register<GroupScale> registration(group_scales(), "absmedian", absmedian,
///                                             "median of |w|", "BitNet Reloaded, 2407.09527");
template <class T>
class Registry {
 public:
  explicit Registry(std::string knob) : knob_(std::move(knob)) {
    registered_knobs().push_back(knob_);
  }

  /// The name of the knob.
  const std::string& knob() const { return knob_; }
  /// A second implementation of one value is an error, but of the first use of the registry: this
  /// runs before main, where nobody could catch it.
  void add(const std::string& value, T implementation, std::string meaning, std::string source) {
    Entry entry{std::move(implementation), std::move(meaning), std::move(source)};
    if (!all_.emplace(value, std::move(entry)).second) twice_ = value;
  }

  /// Throws an Error that lists the values when there is no such one.
  const T& at(const std::string& value) const {
    check_unique();
    const auto found = all_.find(value);
    if (found != all_.end()) return found->second.implementation;
    fail("{} must be one of {}; found {}", flag_name(knob_), listed(values()), value);
  }

  std::vector<std::string> values() const {
    check_unique();
    std::vector<std::string> out;
    for (const auto& [value, entry] : all_) out.push_back(value);
    return out;
  }
  /// What a knob's description says of its values.
  std::vector<KnobChoice> choices() const {
    check_unique();
    std::vector<KnobChoice> out;
    for (const auto& [value, entry] : all_) out.push_back({value, entry.meaning, entry.source});
    return out;
  }

 private:
  struct Entry {
    T implementation;
    std::string meaning, source;
  };

  void check_unique() const {
    check(!twice_, "{}: expected one implementation of each value, found two of \"{}\"; rename one",
          flag_name(knob_), twice_.value_or(""));
  }

  std::string knob_;
  std::map<std::string, Entry> all_;
  std::optional<std::string> twice_;  // a value that was added again
};

/// Adds one implementation and says what it is; a file-local constant.
template <class T>
class Register {
 public:
  Register(Registry<T>& registry, const std::string& value, T implementation,
           const std::string& meaning, const std::string& source) {
    registry.add(value, std::move(implementation), meaning, source);
  }
};

}  // namespace tern
