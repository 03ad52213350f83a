#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/propose/knob.h"
#include "loop/record/experiment.h"
#include "tern/contract/knob_description.h"

namespace tern::loop {

/// Another value for one knob.
struct Change {
  size_t knob = 0;
  std::string value;
};
/// One proposal: changes of different knobs.
using Changes = std::vector<Change>;

/// The knobs of a recipe and what can be done with them. Changes may ask for more than they say: a
/// knob that does not act is changed together with a companion, the nearest change of another knob
/// that lets it act; and an override that loses its effect is dropped. A change without them would
/// be a run that measures nothing.
class SearchSpace {
 public:
  /// Of a recipe that describes itself so and has this text. Knobs without other values to try are
  /// not searched. Of a length (`length`) above 1, a number of steps, only those up to
  /// `most_steps` are tried; 0: not known, only shares of the run.
  SearchSpace(RecipeDescription recipe, std::string source, double most_steps = 0);

  /// The knobs that are searched, in the order in which the recipe describes them.
  const std::vector<Knob>& knobs() const { return knobs_; }
  /// The place of a knob; none when no searched knob is called so.
  std::optional<size_t> find(std::string_view name) const;
  /// The recipe after these changes and what they ask for; none where a changed knob would not
  /// act, companion or not. Has values, standards and needs of its knobs only.
  std::optional<RecipeDescription> after(const Changes& changes) const;
  /// The recipe with other values: those of after(), or an experiment's.
  RecipeDescription with(const KnobValues& values) const;

  // Of a recipe that after() gave.

  /// Its text.
  std::string source(const RecipeDescription& recipe) const;
  /// The knobs that differ from this recipe's, with their values.
  KnobValues changed(const RecipeDescription& recipe) const;
  /// "lr: 3e-4 -> 1e-3, beta2: 0.95 -> 0.98".
  std::string describe(const RecipeDescription& recipe) const;

 private:
  /// Whether all of these knobs act, or have Tern's own value.
  bool act(const RecipeDescription& recipe, const Changes& changes) const;
  std::optional<RecipeDescription> with_companion(const RecipeDescription& recipe,
                                                  const Changes& changes) const;
  std::vector<std::string> companion_values(const KnobNeed& need) const;

  RecipeDescription recipe_;  // whole
  RecipeDescription lean_;    // without texts, so that copies cost little
  std::string source_;
  double most_steps_;
  std::vector<Knob> knobs_;
};

}  // namespace tern::loop
