#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tern/contract/knob_description.h"

namespace tern::loop {

/// A knob of the recipe with the values that are worth trying.
struct Knob {
  /// Of its description. Of a length (`length`) above 1, a number of steps, only those up to
  /// `most_steps` are worth it.
  static Knob of(const KnobDescription& described, double most_steps);

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

/// Whether a value may be tried: of the knob's type, among its choices, and no length of more than
/// so many steps where that has to end within a run.
bool may_try(const KnobDescription& knob, const std::string& value, double most_steps);

}  // namespace tern::loop
