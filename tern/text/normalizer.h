#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tern/base/json.h"

namespace tern {

/// Rewrites text before it is cut into pieces. Text in and out is valid UTF-8.
using Normalizer = std::function<std::string(std::string_view text)>;

/// The "normalizer" of a tokenizer.json; null gives an empty function. Throws on types that are
/// not supported.
Normalizer make_normalizer(const Json& json);

}  // namespace tern
