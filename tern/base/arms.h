#pragma once

#include <map>
#include <string>
#include <vector>

namespace tern {

/// What `tern train --list-arms` and `--help` say of a field of the recipe, or of one of its
/// values.
struct Arm {
  std::string field;
  std::string value;    // empty: this is about the field itself
  std::string meaning;  // a line
  std::string source;   // paper or program; empty where it is common practice
  /// Of a field that acts only beside others: their values that let it, such as "lr_schedule: wsd"
  /// or "distill: !none" (any but this); with " & " between fields that all have to, and " | "
  /// between alternatives. Empty: it always acts.
  std::string needs = {};
};

/// Registers what is known of a field; a file-local constant of the .cc file that implements it.
class RegisterArm {
 public:
  explicit RegisterArm(Arm arm);
};

/// All that is registered, by field and value.
std::vector<Arm> arms();

/// A recipe's fields and their values, as flags would give them.
using FieldValues = std::map<std::string, std::string>;

/// Throws an Error that names the first field which differs from its default although nothing lets
/// it act: a run that measured it would measure nothing.
void check_effects(const FieldValues& values, const FieldValues& defaults);

/// What the field means; empty where nothing is registered.
std::string meaning_of_field(const std::string& field);

}  // namespace tern
