#pragma once

#include <functional>
#include <string_view>

#include "tern/base/json.h"

namespace tern {

/// Takes one piece; the view is good only during the call.
using PieceSink = std::function<void(std::string_view piece)>;

/// Cuts text into the pieces that the model encodes one by one.
struct PreTokenizer {
  /// Sends the pieces of `text` (valid UTF-8) to the sink, in order. Pieces are never empty.
  /// `at_start` says that `text` begins the text that the user gave.
  using Split = std::function<void(std::string_view text, bool at_start, const PieceSink& sink)>;

  Split split;
  /// Whether the model is to see each byte of a piece as a character (tern/text/byte_level.h).
  bool byte_level = false;
};

/// The "pre_tokenizer" of a tokenizer.json; null gives one that does not cut. Throws on types that
/// are not supported, and on a ByteLevel stage that other stages follow.
PreTokenizer make_pre_tokenizer(const Json& json);

}  // namespace tern
