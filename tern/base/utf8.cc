#include "tern/base/utf8.h"

#include <cstring>

namespace tern {
namespace {

struct Sequence {
  size_t bytes;  // of the character, or of the maximal part of one
  bool valid;
};

/// Continuation bytes that follow a lead byte, and the range of the first of them.
struct Lead {
  size_t continuations;
  unsigned char low, high;
};

Lead lead_of(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {1, 0x80, 0xBF};
  if (byte == 0xE0) return {2, 0xA0, 0xBF};
  if (byte == 0xED) return {2, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {2, 0x80, 0xBF};
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {3, 0x80, 0xBF};
  if (byte == 0xF4) return {3, 0x80, 0x8F};
  return {0, 0, 0};
}

/// The character or broken part that begins `text`, which is not empty.
Sequence first_sequence(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, true};
  const Lead lead = lead_of(byte(0));
  if (lead.continuations == 0) return {1, false};
  for (size_t i = 1; i <= lead.continuations; ++i) {
    const unsigned char low = i == 1 ? lead.low : 0x80;
    const unsigned char high = i == 1 ? lead.high : 0xBF;
    if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
  }
  return {lead.continuations + 1, true};
}

bool eight_ascii_bytes(const char* data) {
  uint64_t word;
  std::memcpy(&word, data, sizeof word);
  return (word & 0x8080808080808080u) == 0;
}

}  // namespace

size_t valid_utf8_prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size() && eight_ascii_bytes(text.data() + at)) {
      at += 8;
      continue;
    }
    const Sequence sequence = first_sequence(text.substr(at));
    if (!sequence.valid) break;
    at += sequence.bytes;
  }
  return at;
}

std::string sanitize_utf8(std::string_view text, int64_t* replaced) {
  std::string out;
  out.reserve(text.size());
  for (;;) {
    const size_t valid = valid_utf8_prefix(text);
    out.append(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) return out;
    out.append(kReplacementCharacter);
    text.remove_prefix(first_sequence(text).bytes);
    if (replaced != nullptr) ++*replaced;
  }
}

}  // namespace tern
