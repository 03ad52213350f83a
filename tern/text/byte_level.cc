#include "tern/text/byte_level.h"

#include <array>
#include <cstdint>

#include "tern/base/utf8.h"

namespace tern {
namespace {

constexpr uint32_t kCharacters = 0x100 + 68;  // 68 bytes are not printable in Latin-1

struct Alphabet {
  std::array<uint16_t, 256> character_of{};
  std::array<int16_t, kCharacters> byte_of{};
};

constexpr Alphabet make_alphabet() {
  Alphabet alphabet;
  alphabet.byte_of.fill(-1);
  uint16_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte != 0xAD);
    const uint16_t character = printable ? static_cast<uint16_t>(byte) : next++;
    alphabet.character_of[byte] = character;
    alphabet.byte_of[character] = static_cast<int16_t>(byte);
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

void append_byte_level(std::string_view bytes, std::string& out) {
  for (const char byte : bytes) {
    const uint16_t character = kAlphabet.character_of[static_cast<unsigned char>(byte)];
    if (character < 0x80) {
      out += static_cast<char>(character);
    } else {
      out += static_cast<char>(0xC0 | (character >> 6));
      out += static_cast<char>(0x80 | (character & 0x3F));
    }
  }
}

std::optional<std::string> bytes_of_byte_level(std::string_view characters) {
  std::string out;
  for (size_t at = 0; at < characters.size(); at += utf8_length(characters[at])) {
    const auto lead = static_cast<unsigned char>(characters[at]);
    if (lead >= 0xE0) return std::nullopt;
    const uint32_t character =
        lead < 0x80 ? lead : ((lead & 0x1Fu) << 6) | (characters[at + 1] & 0x3Fu);
    if (character >= kCharacters || kAlphabet.byte_of[character] < 0) return std::nullopt;
    out += static_cast<char>(kAlphabet.byte_of[character]);
  }
  return out;
}

}  // namespace tern
