#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tern/base/flags.h"
#include "tern/contract/knob_description.h"
#include "tern/knobs/condition.h"

namespace tern {

/// A knob that is a length of the run (a share of it up to 1, steps above): what it means when the
/// run is over before it.
enum class RunLength { kNone, kMayEnd, kMustEnd };

/// The tries of a knob that no search turns, though its values are listed.
inline constexpr std::string_view kNotSearched = "-";

/// What is said of a knob, beside its variable, whose value at the start is Tern's own.
struct KnobNote {
  std::string_view name = {};  // of the flag; empty: the member's path, with _ for its dots
  std::string_view meaning = {};
  std::string_view tries = {};   // values worth trying, blanks between; empty: all there are
  std::string_view source = {};  // paper or program; empty where it is common practice
  std::vector<KnobChoice> choices = {};  // the only values there are; empty: any of its type
  Condition acts = {};
  RunLength length = RunLength::kNone;
  /// It shapes a schedule or what is added to the loss: training losses of two of its values cannot
  /// be compared before the end, so no run is ended early for one.
  bool bends_curve = false;
};

/// A length of a run that is given in steps.
struct KnownLength {
  std::string knob;
  double steps = 0;
  bool must_end = false;
};

class Knobs;

/// A struct of options that describes its own knobs, and may check them (`check() const`).
template <class T>
concept DescribesKnobs = requires(T& group, Knobs& knobs) {
  group.describe(knobs);
};

/// A member's name and the member, as Knobs::add takes them.
#define TERN_KNOB(member) #member, member

/// Describes several groups of options, by the names of the members that hold them.
#define TERN_KNOB_GROUPS(knobs, ...)                                                  \
  ::tern::visit_fields(                                                               \
      [&knobs](std::string_view member, auto& group) { (knobs).add(member, group); }, \
      #__VA_ARGS__, __VA_ARGS__)

/// The knobs of a recipe: variables with what is said of them. A recipe and its options structs
/// fill it in their describe(); flags, help, `--describe` and the checks read it. It refers to the
/// recipe's members, which must stay where they are.
class Knobs {
 public:
  template <class T>
  requires(!DescribesKnobs<T>) void add(std::string_view member, T& variable, KnobNote note) {
    add_knob(member, type_name<T>(), note,
             {.variable = &variable,
              .text = [&variable] { return fmt::format("{}", variable); },
              .add_flag = [&variable](Flags& flags, std::string_view name,
                                      std::string_view help) { flags.add(name, variable, help); }});
  }
  /// A struct of options: its own describe() adds its knobs, which act where `acts` holds too.
  template <DescribesKnobs Group>
  void add(std::string_view member, Group& group, const Condition& acts = {}) {
    const size_t first = knobs_.size(), length = path_.size();
    path_ += std::string(member) + '.';
    group.describe(*this);
    path_.resize(length);
    if (!acts.always()) narrow_from(first, acts);
    if constexpr (requires { group.check(); }) {
      checks_.push_back([&group] { group.check(); });
    }
  }
  /// The knob of this variable acts only where `acts` holds too.
  void narrow(const void* variable, const Condition& acts);

  /// To be called when all are there and hold Tern's own values. Throws an Error for a condition
  /// that names no knob, or a value that its knob cannot have, and for a try that is none.
  void close();

  RecipeDescription description() const;
  /// The lengths that are numbers of steps now, of knobs that act.
  std::vector<KnownLength> lengths() const;
  /// A flag for each knob, whose help tells its values.
  void add_flags(Flags& flags) const;
  /// A check of values together, beside those that groups make of their own.
  void add_check(std::function<void()> check) { checks_.push_back(std::move(check)); }
  /// Lets every group check itself.
  void check() const;

 private:
  struct Binding {
    const void* variable = nullptr;
    std::function<std::string()> text;
    std::function<void(Flags&, std::string_view, std::string_view)> add_flag;
  };
  struct Entry {
    KnobDescription said;
    Binding binding;
    Condition acts;
    RunLength length = RunLength::kNone;
  };

  template <class T>
  static constexpr std::string_view type_name() {
    if constexpr (std::same_as<T, bool>)
      return "bool";
    else if constexpr (std::same_as<T, int>)
      return "int";
    else if constexpr (std::same_as<T, int64_t>)
      return "int64_t";
    else if constexpr (std::same_as<T, uint64_t>)
      return "uint64_t";
    else if constexpr (std::same_as<T, float>)
      return "float";
    else if constexpr (std::same_as<T, double>)
      return "double";
    else {
      static_assert(std::same_as<T, std::string>, "a knob is a number, a bool or a std::string");
      return "std::string";
    }
  }

  void add_knob(std::string_view member, std::string_view type, const KnobNote& note,
                Binding binding);
  void narrow_from(size_t first, const Condition& acts);
  std::vector<KnobWay> resolve(const Entry& of) const;
  std::optional<KnobNeed> resolve(const Entry& of, const Condition::Need& need) const;

  std::vector<Entry> knobs_;
  std::vector<std::function<void()>> checks_;
  std::string path_;
};

/// The knobs of a recipe that still has Tern's own values, and its own check() of them together.
template <class Recipe>
Knobs knobs_of(Recipe& recipe) {
  Knobs knobs;
  recipe.describe(knobs);
  if constexpr (requires { recipe.check(); }) {
    knobs.add_check([&recipe] { recipe.check(); });
  }
  knobs.close();
  return knobs;
}

/// Throws an Error that names the first knob whose value differs from the one `before` although
/// nothing lets it act: a run that measured it would measure nothing.
void check_effects(const RecipeDescription& now, const RecipeDescription& before);

}  // namespace tern
