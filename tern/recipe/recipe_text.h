#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tern {

/// A field of `struct Recipe` as its line in train.cpp says it:
///
///     float lr = 5e-5f;  // try: 1e-5 2e-5 5e-5
///
/// A list that is too long for the line may be a comment above it.
struct RecipeField {
  std::string name;
  std::string type;
  std::string value;                // the default as a flag would give it: 5e-5, true, cosine
  std::vector<std::string> values;  // those worth trying; empty where none are listed
};

/// The fields of `struct Recipe` in the text of a train.cpp, in their order: members of the types
/// bool, int, int64_t, uint64_t, float, double and std::string that have a default on one line.
/// Throws when there is no such struct.
std::vector<RecipeField> recipe_fields(std::string_view source);

/// The text with another default for one field, given as a flag would give it. Its comment stays,
/// in its column where there is room. Throws when there is no such field (naming the nearest one)
/// or the value is not of its type.
std::string set_recipe_default(std::string source, std::string_view field, std::string_view value);

}  // namespace tern
