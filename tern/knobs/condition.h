#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <vector>

#include "tern/knobs/registry.h"

namespace tern {

/// When a knob acts: beside which values of other knobs. It is said with the variables themselves,
/// so that a misspelt one does not compile:
///
///     is(curve, "wsd")     is_not(kind, "none") && is(bits, 4, 8)     is(optimizers(), "muon")
///
/// A knob of another layer is named by its registry, or in words: is(named("quantizer"), "lsq").
/// Names and values are looked up when the recipe starts (see Knobs).
class Condition {
 public:
  /// One condition on one knob, which its variable or its name says.
  struct Need {
    const void* variable = nullptr;
    std::string name = {};
    bool is = true;
    std::vector<std::string> values = {};
  };

  Condition() = default;  // always
  explicit Condition(Need need) : ways_({{std::move(need)}}) {}

  bool always() const { return ways_.empty(); }
  /// Alternatives, in each of which all needs hold together.
  const std::vector<std::vector<Need>>& ways() const { return ways_; }

  friend Condition operator&&(const Condition& a, const Condition& b);
  friend Condition operator||(const Condition& a, const Condition& b);

 private:
  std::vector<std::vector<Need>> ways_;
};

/// The name of a knob that is described elsewhere.
struct KnobName {
  std::string name;
};
inline KnobName named(std::string_view name) { return {std::string(name)}; }

namespace detail {
template <class T>
Condition::Need subject(const T& variable) {
  return {.variable = &variable};
}
template <class T>
Condition::Need subject(const Registry<T>& registry) {
  return {.name = registry.knob()};
}
inline Condition::Need subject(const KnobName& knob) { return {.name = knob.name}; }

template <class Subject, class... Values>
Condition need(const Subject& of, bool is, const Values&... values) {
  Condition::Need need = subject(of);
  need.is = is;
  need.values = {fmt::format("{}", values)...};
  return Condition(std::move(need));
}
}  // namespace detail

/// The knob has one of these values. `of` is its variable, its registry, or named().
template <class Subject, class... Values>
Condition is(const Subject& of, const Values&... values) {
  return detail::need(of, true, values...);
}
/// The knob has none of these values.
template <class Subject, class... Values>
Condition is_not(const Subject& of, const Values&... values) {
  return detail::need(of, false, values...);
}

}  // namespace tern
