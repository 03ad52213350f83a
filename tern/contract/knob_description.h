#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tern/base/fields.h"

namespace tern {

/// A value that a knob may have, where only a few are allowed.
struct KnobChoice {
  std::string value = {}, meaning = {}, source = {};
  TERN_FIELDS(value, meaning, source)
};

/// A condition on another knob: it has one of these values, or, where `is` is false, none of them.
struct KnobNeed {
  std::string knob;
  bool is = true;
  std::vector<std::string> values;
  TERN_FIELDS(knob, is, values)
  bool operator==(const KnobNeed&) const = default;
};

/// Conditions that hold together.
struct KnobWay {
  std::vector<KnobNeed> all;
  TERN_FIELDS(all)
  bool operator==(const KnobWay&) const = default;
};

/// What a built recipe says of one of its knobs. Values are texts as a flag gives them.
struct KnobDescription {
  std::string name = {};      // of the flag, with underscores: lr_schedule
  std::string path = {};      // of the member, as an override writes it: lr.curve
  std::string type = {};      // bool, int, int64_t, uint64_t, float, double or std::string
  std::string value = {};     // now
  std::string standard = {};  // without this recipe's overrides
  std::vector<std::string> tries = {};    // worth trying; empty: not searched
  std::vector<KnobChoice> choices = {};   // the only values there are; empty: any of its type
  std::string meaning = {}, source = {};  // a line each; the source may be empty
  bool length = false;             // of the run: up to 1 a share of it, above a number of steps
  bool bends_curve = false;        // of training loss: two values of it cannot be compared midway
  bool acts = true;                // whether it has an effect beside the values of the others now
  std::vector<KnobWay> ways = {};  // that let it act; empty: it always does
  TERN_FIELDS(name, path, type, value, standard, tries, choices, meaning, source, length,
              bends_curve, acts, ways)

  bool number() const { return type != "bool" && type != "std::string"; }
  bool real() const { return type == "float" || type == "double"; }
  /// Whether the knob can have a value: one of its type and, where there are choices, among them.
  bool allows(std::string_view value) const;
};

/// What `--describe` of a built recipe prints.
struct RecipeDescription {
  static constexpr int64_t kVersion = 2;  // 1 did not say what bends the curve
  int64_t version = kVersion;
  std::vector<KnobDescription> knobs;
  TERN_FIELDS(version, knobs)

  /// The knob of this name, or null.
  const KnobDescription* find(std::string_view name) const;
  KnobDescription* find(std::string_view name);
  /// Whether a need is met by the values as they are now; not that of a knob that is not there. A
  /// knob that does not act counts as if it had Tern's own value.
  bool meets(const KnobNeed& need) const;
  /// Sets `acts` of every knob by the values as they are now.
  void settle();

  std::string to_text() const;
  /// Reads what an unread program printed. Throws an Error when it is too large, of another
  /// version, names a knob twice, or holds a text that is no name, path, type, value of its type, a
  /// line, or a need of a knob that is not there.
  static RecipeDescription parse_untrusted(std::string_view text);
};

/// The number that a text is; empty where it is none.
std::optional<double> number_of(std::string_view text);

/// True for two texts that are the same, or the same number.
bool same_value(std::string_view a, std::string_view b);

/// True when one of the values is the same as this one.
bool holds_value(const std::vector<std::string>& values, std::string_view value);

/// Whether a knob of this type can have this value.
bool fits_type(std::string_view type, std::string_view value);

}  // namespace tern
