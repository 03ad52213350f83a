#include "tern/text/normalizer.h"

#include <utility>
#include <vector>

#include "tern/text/part.h"

namespace tern {
namespace {

Normalizer make_prepend(const Json& json) {
  return [prefix = json.at("prepend").as_string()](std::string_view text) {
    std::string out;
    if (text.empty()) return out;
    out.reserve(prefix.size() + text.size());
    return out.append(prefix).append(text);
  };
}

Normalizer make_replace(const Json& json) {
  return [pattern = read_pattern(json), content = json.at("content").as_string()](
             std::string_view text) { return pattern.replace_all(text, content); };
}

Normalizer make_sequence(const Json& json) {
  std::vector<Normalizer> stages;
  for (const Json& stage : json.at("normalizers").items()) stages.push_back(make_normalizer(stage));
  return [stages = std::move(stages)](std::string_view text) {
    std::string out(text);
    for (const Normalizer& stage : stages) out = stage(out);
    return out;
  };
}

constexpr PartMaker<Normalizer> kNormalizers[] = {
    {"Prepend", make_prepend},
    {"Replace", make_replace},
    {"Sequence", make_sequence},
};

}  // namespace

Normalizer make_normalizer(const Json& json) {
  if (json.is_null()) return nullptr;
  return make_part(json, "normalizer", kNormalizers);
}

}  // namespace tern
