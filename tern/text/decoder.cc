#include "tern/text/decoder.h"

#include <string_view>
#include <utility>

#include "tern/base/utf8.h"
#include "tern/text/byte_level.h"
#include "tern/text/byte_token.h"
#include "tern/text/part.h"

namespace tern {
namespace {

void join(std::vector<std::string>& tokens, std::string_view separator) {
  std::string text;
  for (const std::string& token : tokens) {
    if (&token != &tokens.front()) text += separator;
    text += token;
  }
  tokens = {std::move(text)};
}

Decoder make_fuse(const Json&) {
  return [](std::vector<std::string>& tokens) { join(tokens, ""); };
}

Decoder make_byte_level(const Json&) {
  return [](std::vector<std::string>& tokens) {
    for (std::string& token : tokens) {
      if (auto bytes = bytes_of_byte_level(token)) token = *std::move(bytes);
    }
    join(tokens, "");
  };
}

/// Joins the bytes of a run of byte tokens, which may be one character.
Decoder make_byte_fallback(const Json&) {
  return [](std::vector<std::string>& tokens) {
    std::vector<std::string> out;
    bool after_byte = false;
    for (std::string& token : tokens) {
      const auto byte = byte_of_token(token);
      if (byte && after_byte) {
        out.back() += *byte;
      } else {
        out.push_back(byte ? std::string(1, *byte) : std::move(token));
      }
      after_byte = byte.has_value();
    }
    tokens = std::move(out);
  };
}

/// Byte tokens may have left half a character in the token, which no pattern may meet.
std::string replace_in(std::string_view token, const Regex& pattern, std::string_view content) {
  return pattern.replace_all(sanitize_utf8(token), content);
}

Decoder make_replace(const Json& json) {
  return [pattern = read_pattern(json),
          content = json.at("content").as_string()](std::vector<std::string>& tokens) {
    for (std::string& token : tokens) token = replace_in(token, pattern, content);
  };
}

/// Removes up to `start` copies of `content` from the front of each token, `stop` from its end.
Decoder make_strip(const Json& json) {
  return [content = json.at("content").as_string(), start = json.get("start", int64_t{0}),
          stop = json.get("stop", int64_t{0})](std::vector<std::string>& tokens) {
    for (std::string& token : tokens) {
      for (int64_t i = 0; i < start && token.starts_with(content); ++i) {
        token.erase(0, content.size());
      }
      for (int64_t i = 0; i < stop && token.ends_with(content); ++i) {
        token.resize(token.size() - content.size());
      }
    }
  };
}

/// Marks become blanks again, but for those of the first token, which the pre-tokenizer put there.
Decoder make_metaspace(const Json& json) {
  const bool prefixed =
      json.get("prepend_scheme", "always") != "never" && json.get("add_prefix_space", true);
  return [prefixed, mark = Regex(Regex::quote(json.get("replacement", "\u2581")))](
             std::vector<std::string>& tokens) {
    for (std::string& token : tokens) {
      const bool drops = prefixed && &token == &tokens.front();
      token = replace_in(token, mark, drops ? "" : " ");
    }
  };
}

Decoder make_sequence(const Json& json) {
  std::vector<Decoder> stages;
  for (const Json& stage : json.at("decoders").items()) stages.push_back(make_decoder(stage));
  return [stages = std::move(stages)](std::vector<std::string>& tokens) {
    for (const Decoder& stage : stages) stage(tokens);
  };
}

constexpr PartMaker<Decoder> kDecoders[] = {
    {"ByteFallback", make_byte_fallback},
    {"ByteLevel", make_byte_level},
    {"Fuse", make_fuse},
    {"Metaspace", make_metaspace},
    {"Replace", make_replace},
    {"Sequence", make_sequence},
    {"Strip", make_strip},
};

}  // namespace

Decoder make_decoder(const Json& json) {
  if (json.is_null()) return [](std::vector<std::string>& tokens) { join(tokens, " "); };
  return make_part(json, "decoder", kDecoders);
}

}  // namespace tern
