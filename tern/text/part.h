#pragma once

#include <string>
#include <string_view>

#include "tern/base/error.h"
#include "tern/base/json.h"
#include "tern/text/regex.h"

namespace tern {

/// A row of a table of parts (normalizers, pre-tokenizers, decoders): the "type" in tokenizer.json
/// and the function that makes the part from its JSON.
template <class Part>
struct PartMaker {
  std::string_view type;
  Part (*make)(const Json& json);
};

/// Makes the part that `json` describes with the row of its "type". Throws, listing the types of
/// the table, when there is no such row; `what` names the table in the message.
template <class Part, size_t n>
Part make_part(const Json& json, std::string_view what, const PartMaker<Part> (&makers)[n]) {
  const std::string type = json.at("type").as_string();
  std::string known;
  for (const PartMaker<Part>& maker : makers) {
    if (maker.type == type) return maker.make(json);
    known += known.empty() ? "" : ", ";
    known += maker.type;
  }
  fail("the {} \"{}\" is not supported; expected one of {}", what, type, known);
}

/// The "pattern" of a part: {"String": literal} or {"Regex": expression}.
inline Regex read_pattern(const Json& part) {
  const Json& pattern = part.at("pattern");
  if (const Json* literal = pattern.find("String"))
    return Regex(Regex::quote(literal->as_string()));
  return Regex(pattern.at("Regex").as_string());
}

}  // namespace tern
