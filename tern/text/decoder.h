#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tern/base/json.h"

namespace tern {

/// Rewrites a list of tokens, in place, towards the text that they stand for.
using Decoder = std::function<void(std::vector<std::string>& tokens)>;

/// The "decoder" of a tokenizer.json. Null joins the tokens with blanks, as Hugging Face does.
/// Throws on types that are not supported.
Decoder make_decoder(const Json& json);

}  // namespace tern
