#include "tern/text/tokenizer_config.h"

#include <string>
#include <string_view>

#include "tern/text/part.h"

namespace tern {
namespace {

/// What a post-processor tells us: the token that it puts before a text, if any.
using Prefix = std::optional<std::string>;

Prefix read_prefix(const Json& post_processor);

Prefix prefix_of_template(const Json& json) {
  const Json::Array& pieces = json.at("single").items();
  const Json* token = pieces.empty() ? nullptr : pieces.front().find("SpecialToken");
  return token == nullptr ? Prefix() : token->at("id").as_string();
}

Prefix prefix_of_sequence(const Json& json) {
  Prefix prefix;
  for (const Json& processor : json.at("processors").items()) {
    if (Prefix found = read_prefix(processor)) prefix = found;
  }
  return prefix;
}

constexpr PartMaker<Prefix> kPostProcessors[] = {
    {"ByteLevel", [](const Json&) { return Prefix(); }},  // only moves offsets
    {"Sequence", prefix_of_sequence},
    {"TemplateProcessing", prefix_of_template},
};

Prefix read_prefix(const Json& post_processor) {
  if (post_processor.is_null()) return std::nullopt;
  return make_part(post_processor, "post-processor", kPostProcessors);
}

/// The id of the token that the config names, as a string or as the "content" of an object.
std::optional<int32_t> read_token(const Json& config, std::string_view key,
                                  const Vocabulary& vocabulary) {
  const Json* token = config.find(key);
  if (token == nullptr || token->is_null()) return std::nullopt;
  const std::string& name =
      token->is_object() ? token->at("content").as_string() : token->as_string();
  const auto id = vocabulary.find(name);
  check(id.has_value(), "the {} \"{}\" of tokenizer_config.json is not in the vocabulary", key,
        name);
  return id;
}

}  // namespace

TokenizerConfig read_tokenizer_config(const Json& config, const Json& post_processor,
                                      const Vocabulary& vocabulary) {
  const Prefix prefix = read_prefix(post_processor);
  TokenizerConfig out;
  out.bos_id = read_token(config, "bos_token", vocabulary);
  if (!out.bos_id && prefix) out.bos_id = vocabulary.find(*prefix);
  out.eos_id = read_token(config, "eos_token", vocabulary);
  out.adds_bos = config.get("add_bos_token", prefix.has_value());
  check(!out.adds_bos || out.bos_id, "a token is to be put before texts, but {} is not known",
        prefix ? "\"" + *prefix + "\"" : "its name (bos_token)");
  return out;
}

}  // namespace tern
