#include "tern/model/ternary_info.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/model/table_format.h"

namespace tern {
namespace {

constexpr int64_t kFormatVersion = 2;

InputOptions input_from(const Json& json) {
  InputOptions input;
  input.bits =
      static_cast<int>(std::clamp<int64_t>(json.get("activation_bits", int64_t{16}), 0, 99));
  input.scale = json.get("activation_scale", "token");
  input.clip = static_cast<float>(json.get("activation_clip", 1.0));
  input.norm = json.get("activation_norm", "none");
  input.hadamard = json.get("hadamard", int64_t{0});
  input.check();
  return input;
}

std::vector<int64_t> blocks_from(const Json& json) {
  std::vector<int64_t> blocks;
  if (const Json* listed = json.find("dense_blocks")) {
    for (const Json& block : listed->items()) blocks.push_back(block.as_int());
  }
  return blocks;
}

}  // namespace

TernaryInfo TernaryInfo::from_json(const Json& json, const std::string& source) try {
  const int64_t version = json.at("format_version").as_int();
  check(version <= kFormatVersion, "packed format {} is newer than this program's {}; update Tern",
        version, kFormatVersion);
  check(version >= 1, "format_version must be 1 or more, found {}", version);
  const int64_t code_bits = json.get("bits", int64_t{2});
  check(code_bits == 2, "bits must be 2, found {}", code_bits);
  TernaryInfo info;
  info.grouping = Grouping::parse(json.at("group").as_string());
  info.input = input_from(json);
  info.lambda = json.get("lambda", 1.0);
  info.embedding_bits = static_cast<int>(json.get("embedding_bits", int64_t{32}));
  table_format(info.embedding_bits);  // throws where there is none
  info.dense_blocks = blocks_from(json);
  info.sub_norm = json.get("sub_norm", false);
  info.shifts = json.get("shifts", false);
  info.bias = json.get("bias", false);
  return info;
} catch (const Error& e) {
  fail("{}: quantization_config: {}", source, e.what());
}

Json TernaryInfo::to_json() const {
  Json json = Json::object();
  json.set("quant_method", "tern");
  json.set("format_version", kFormatVersion);
  json.set("bits", 2);
  json.set("group", grouping.to_string());
  json.set("activation_bits", input.bits);
  json.set("activation_scale", input.scale);
  json.set("activation_clip", double{input.clip});
  json.set("activation_norm", input.norm);
  json.set("hadamard", input.hadamard);
  json.set("embedding_bits", embedding_bits);
  json.set("dense_blocks", Json::Array(dense_blocks.begin(), dense_blocks.end()));
  json.set("sub_norm", sub_norm);
  json.set("shifts", shifts);
  json.set("bias", bias);
  json.set("lambda", lambda);
  const std::vector<std::string> departs = departures();
  json.set("departures", Json::Array(departs.begin(), departs.end()));
  return json;
}

bool TernaryInfo::is_dense(int64_t block) const {
  return std::ranges::find(dense_blocks, block) != dense_blocks.end();
}

std::vector<std::string> TernaryInfo::departures() const {
  std::vector<std::string> out;
  if (input.bits < 16) {
    out.push_back(fmt::format("inputs of {} bits by {}", input.bits, input.scale));
    if (input.clip != 1) out.push_back(fmt::format("inputs clipped at {:.3g}", input.clip));
  }
  if (input.norm != "none") out.push_back(fmt::format("inputs with an {} norm", input.norm));
  if (input.hadamard != 0) {
    out.push_back(fmt::format("inputs rotated by blocks of {}", input.hadamard));
  }
  if (sub_norm) out.push_back("a learned norm before o_proj and down_proj");
  if (shifts) out.push_back("shifts of groups");
  if (bias) out.push_back("biases");
  return out;
}

}  // namespace tern
