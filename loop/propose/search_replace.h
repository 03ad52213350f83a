#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tern::loop {

/// One edit: a piece of the file that occurs exactly once, and what takes its place.
struct SearchReplace {
  std::string search;
  std::string replace;
};

/// What a language model answers when it is asked for a change.
struct EditReply {
  std::string description;
  std::string expectation;
  std::vector<SearchReplace> edits;
};

/// Reads an answer of this form, with any other text around it:
///
///     DESCRIPTION: one line
///     EXPECTATION: one line
///     <<<<<<< SEARCH
///     lines of the file
///     =======
///     the lines that take their place
///     >>>>>>> REPLACE
///
/// What stands between <think> and </think> is passed over. Throws an Error that says what is wrong
/// in words that help the model.
EditReply read_edit_reply(std::string_view text);

/// The text after all edits, one after the other. Throws an Error that names the edit when its
/// search text does not occur exactly once, with the nearest line or with all places.
std::string apply_edits(std::string source, const std::vector<SearchReplace>& edits);

}  // namespace tern::loop
