#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tern {

/// Command-line flags bound to typed variables, whose values on entry are the defaults; an optional
/// has a value once its flag was given. CLI11 parses; only flags.cc sees it. A flag is given as
/// `--name value` or `--name=value`, a bool as `--name` or `--no-name`, of which the help shows the
/// one that changes the default. The last one given counts.
class Flags {
 public:
  Flags(std::string program, std::string description);
  ~Flags();

  /// `name` without dashes in front; an underscore becomes a dash, so a field's own name serves.
  /// The help of a bool that is true begins with a verb: behind `--no-name` stand "do not" and the
  /// help. Throws an Error that names the flag when there is one of this name.
  void add(std::string_view name, bool& value, std::string_view help);
  void add(std::string_view name, int& value, std::string_view help);
  void add(std::string_view name, int64_t& value, std::string_view help);
  void add(std::string_view name, uint64_t& value, std::string_view help);
  void add(std::string_view name, float& value, std::string_view help);
  void add(std::string_view name, double& value, std::string_view help);
  void add(std::string_view name, std::string& value, std::string_view help);
  void add(std::string_view name, std::optional<bool>& value, std::string_view help);
  void add(std::string_view name, std::optional<int64_t>& value, std::string_view help);
  void add(std::string_view name, std::optional<std::string>& value, std::string_view help);
  /// --json, which every command that has it calls the same.
  void add_json(bool& json);
  /// An argument without a flag, in order of declaration, which has to be given.
  void add_positional(std::string_view name, std::string& value, std::string_view help);
  void add_positional(std::string_view name, int64_t& value, std::string_view help);
  /// Leaves a flag that was added out of the help; it is taken all the same.
  void hide(std::string_view name);
  /// Collects what no flag took into `rest` instead of refusing it.
  void pass_through(std::vector<std::string>& rest);
  /// Text printed after the list of flags.
  void set_footer(std::string_view text);

  /// Parses the arguments after the program's name. Returns false when --help was asked for: print
  /// help() and stop. Throws an Error for an unknown flag (naming the nearest one), an argument
  /// that nothing takes, a missing argument, or a value that is none for its flag, which it names
  /// with what was expected and found.
  [[nodiscard]] bool parse(const std::vector<std::string>& arguments);
  std::string help() const;
  /// The flags that the help lists, "--lr-end" among them.
  std::vector<std::string> names() const;

 private:
  template <class T>
  void add_value(std::string_view name, T& value, std::string_view help);
  template <class T>
  void add_switch(std::string_view name, T& value, std::string_view help);
  template <class T>
  void add_argument(std::string_view name, T& value, std::string_view help);

  struct State;
  std::unique_ptr<State> state_;
};

/// A field's name as a flag: "--lr-end" for lr_end.
std::string flag_name(std::string_view field);

/// A field's name and its value.
using NamedNumber = std::pair<std::string_view, double>;
/// Throw an Error with the flag and what was found where a value is below 0, or not above it.
void require_not_negative(std::initializer_list<NamedNumber> fields);
void require_positive(std::initializer_list<NamedNumber> fields);

/// The candidate with the fewest edits to `word` (Levenshtein), or "" when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "a, b, c"
std::string listed(const std::vector<std::string>& words);

/// What to do about a name that is not there: "did you mean x?", or "choose one of a, b, c" where
/// none is near.
std::string name_hint(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tern
