#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tern {

/// GPT-2's alphabet, in which a byte-level tokenizer.json writes its tokens: each of the 256 bytes
/// is one printable character (bytes_to_unicode in openai/gpt-2, src/encoder.py). A byte that is
/// printable in Latin-1 stands for itself; the others take U+0100 and up, in order.

/// Appends each byte of `bytes` as its character, in UTF-8.
void append_byte_level(std::string_view bytes, std::string& out);

/// The bytes that `characters` stand for, or nothing when one of them is not of the alphabet.
std::optional<std::string> bytes_of_byte_level(std::string_view characters);

}  // namespace tern
