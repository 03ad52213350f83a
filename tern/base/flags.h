#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tern {

/// Command-line flags bound to typed variables, whose values on entry are the defaults. CLI11
/// parses; only flags.cc sees it. A flag is given as `--name value` or `--name=value`, a bool as
/// `--name` or `--no-name`, of which the help shows the one that changes the default and the last
/// one given counts.
class Flags {
 public:
  Flags(std::string program, std::string description);
  ~Flags();

  /// `name` without dashes in front; an underscore becomes a dash, so a field's own name serves.
  /// Throws an Error that names the flag when there is one of this name.
  void add(std::string_view name, bool& value, std::string_view help);
  void add(std::string_view name, int& value, std::string_view help);
  void add(std::string_view name, int64_t& value, std::string_view help);
  void add(std::string_view name, uint64_t& value, std::string_view help);
  void add(std::string_view name, float& value, std::string_view help);
  void add(std::string_view name, double& value, std::string_view help);
  void add(std::string_view name, std::string& value, std::string_view help);
  /// An argument without a flag, in order of declaration.
  void add_positional(std::string_view name, std::string& value, std::string_view help,
                      bool required = true);
  void add_positional(std::string_view name, int64_t& value, std::string_view help,
                      bool required = true);
  /// Collects what no flag took into `rest` instead of refusing it.
  void pass_through(std::vector<std::string>& rest);
  /// Text printed after the list of flags.
  void set_footer(std::string_view text);

  /// Parses the arguments after the program's name. Returns false when --help was asked for: print
  /// help() and stop. Throws an Error for an unknown flag (naming the nearest one), a value of the
  /// wrong type, or a missing argument.
  [[nodiscard]] bool parse(const std::vector<std::string>& arguments);
  /// True when this flag, or the --no- form of a bool, was given.
  bool given(std::string_view name) const;
  std::string help() const;

 private:
  template <class T>
  void add_value(std::string_view name, T& value, std::string_view help);

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
