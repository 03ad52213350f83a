#pragma once

#include <string>

#include "tern/base/json.h"
#include "tern/text/tokenizer.h"

namespace tern {

/// The tokenizer.json of a tokenizer for tests in which every printable ASCII character and "\n" is
/// a token, id 0 is what it does not know, 1 is <|endoftext|> (named `end_of_text`) and 2 is <s>,
/// which begins a text where `adds_bos`.
inline std::string character_tokenizer_json(bool adds_bos = false,
                                            const std::string& end_of_text = "<|endoftext|>") {
  Json vocab = Json::Object{{"<unk>", 0}, {end_of_text, 1}, {"<s>", 2}, {"\n", 3}};
  for (char c = ' '; c <= '~'; ++c) {
    vocab.set(std::string(1, c), static_cast<int64_t>(vocab.members().size()));
  }
  Json json = Json::object();
  json.set("model", Json::Object{{"type", "BPE"},
                                 {"unk_token", "<unk>"},
                                 {"vocab", std::move(vocab)},
                                 {"merges", Json::array()}});
  json.set("decoder", Json::Object{{"type", "Fuse"}});
  if (adds_bos) {
    const Json bos = Json::Object{{"SpecialToken", Json::Object{{"id", "<s>"}, {"type_id", 0}}}};
    const Json text = Json::Object{{"Sequence", Json::Object{{"id", "A"}, {"type_id", 0}}}};
    const Json ids = Json::Object{
        {"<s>",
         Json::Object{{"id", "<s>"}, {"ids", Json::Array{2}}, {"tokens", Json::Array{"<s>"}}}}};
    json.set("post_processor", Json::Object{{"type", "TemplateProcessing"},
                                            {"single", Json::Array{bos, text}},
                                            {"pair", Json::array()},
                                            {"special_tokens", ids}});
  }
  return json.dump();
}

inline Tokenizer character_tokenizer(bool adds_bos = false,
                                     const std::string& end_of_text = "<|endoftext|>") {
  return Tokenizer::parse(character_tokenizer_json(adds_bos, end_of_text), "character tokenizer");
}

}  // namespace tern
