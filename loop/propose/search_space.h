#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern {

/// A field of `struct Recipe` with the values that its comment `try:` lists.
struct Knob {
  std::string name;
  bool numeric = false;             // `values` are numbers, in ascending order
  bool real = false;                // a number between two of the values is legal too
  std::vector<std::string> values;  // worth trying, the current one among them, no two the same
  size_t current = 0;               // place of the recipe's own value

  const std::string& value() const { return values[current]; }
  /// Where a value lies among `values`: its place, a number between two places for one in between
  /// (by its logarithm where that exists); none for a word that is not listed.
  std::optional<double> position_of(const std::string& value) const;
  /// Geometric means of neighbouring values, to two digits; none where neighbours are close, more
  /// than a factor of ten apart (they mean different things then), or not positive.
  std::vector<std::string> midpoints() const;
};

/// Another value for one knob.
struct Change {
  size_t knob = 0;
  std::string value;
};
/// One proposal: changes of different knobs.
using Changes = std::vector<Change>;

/// The knobs of a recipe and what can be done with them.
class SearchSpace {
 public:
  /// Values that are not of a knob's type are left out, and so are fields without other values to
  /// try. Throws when the text has no `struct Recipe`.
  explicit SearchSpace(std::string source);

  const std::vector<Knob>& knobs() const { return knobs_; }
  /// The place of a knob; none when no knob is called so.
  std::optional<size_t> find(std::string_view name) const;
  /// The recipe with these changes.
  std::string apply(const Changes& changes) const;
  /// "lr: 3e-4 -> 1e-3, beta2: 0.95 -> 0.98".
  std::string describe(const Changes& changes) const;
  /// Identifies the values of all knobs, by number where they are numbers: 1e-3 is 0.001.
  std::string key(const Changes& changes) const;

 private:
  std::string source_;
  std::vector<Knob> knobs_;
};

/// True for two words that are the same, or the same number.
bool same_value(const std::string& a, const std::string& b);

}  // namespace tern
