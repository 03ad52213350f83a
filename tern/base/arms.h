#pragma once

#include <string>
#include <vector>

namespace tern {

/// What `tern train --list-arms` and `--help` say of a field of the recipe, or of one of its values.
struct Arm {
  std::string field;
  std::string value;    // empty: this is about the field itself
  std::string meaning;  // a line
  std::string source;   // paper or program; empty where it is common practice
};

/// Registers what is known of a field; a file-local constant of the .cc file that implements it.
class RegisterArm {
 public:
  explicit RegisterArm(Arm arm);
};

/// All that is registered, by field and value.
std::vector<Arm> arms();

/// What the field means; empty where nothing is registered.
std::string meaning_of_field(const std::string& field);

}  // namespace tern
