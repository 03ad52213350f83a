#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tern/contract/knob_description.h"

namespace tern {

// The overrides of a recipe: the lines of train.cpp between `// overrides begin` and
// `// overrides end`, each of which gives one knob another value than Tern's own:
//
//     // overrides begin
//     lr.peak = 1e-3f;
//     weights.rule.scale = "absmedian";
//     // overrides end

/// The text with this value for a knob, given as a flag would give it: its line is replaced, added
/// behind the others, or, where the value is Tern's own, taken out. Throws when the text has no
/// such lines, or the value is not of the knob's type or not among its choices.
std::string set_override(std::string source, const KnobDescription& knob, std::string_view value);

/// The text with these lines, and no others, between the markers; each gets their indentation.
std::string with_overrides(std::string source, std::string_view lines);

/// What the text of a recipe gives its knobs: paths of members and values as a flag would give
/// them, in their order. Lines between the markers that are no plain override are left out.
std::vector<std::pair<std::string, std::string>> overrides_in(std::string_view source);

/// Whether the text has the two markers, and so a place for overrides.
bool has_overrides(std::string_view source);
/// Throws an Error that says how to go on with a recipe of an earlier Tern, which has no markers.
void require_overrides(std::string_view source);

/// The text without the lines between the markers: what is left of a recipe besides its values.
/// As it is where there are no markers.
std::string without_overrides(std::string_view source);

/// The line of an override without indentation: "lr.peak = 1e-3f;".
std::string override_line(const KnobDescription& knob, std::string_view value);

}  // namespace tern
