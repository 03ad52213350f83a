#include "tern/model/llama_config.h"

#include "tern/base/error.h"

namespace tern {
namespace {

constexpr int64_t kMostPositions = 1 << 24;

int64_t optional_size(const Json& json, const char* key, int64_t fallback, int64_t most) {
  const Json* value = json.find(key);
  if (value == nullptr || value->is_null()) return fallback;
  check(value->is_int() && value->as_int() >= 1 && value->as_int() <= most,
        "\"{}\" must be a whole number between 1 and {}, found {}", key, most, value->dump());
  return value->as_int();
}

int64_t required_size(const Json& json, const char* key, int64_t most) {
  const int64_t size = optional_size(json, key, 0, most);
  check(size > 0, "\"{}\" is missing", key);
  return size;
}

void check_architecture(const Json& json) {
  check(json.is_object(), "expected a JSON object, found {}", json.kind());
  const std::string type = json.get("model_type", "llama");
  check(type == "llama", "model_type is \"{}\"; Tern trains Llama-architecture models only", type);
  const std::string activation = json.get("hidden_act", "silu");
  check(activation == "silu", "hidden_act is \"{}\", expected \"silu\"", activation);
  for (const char* key : {"attention_bias", "mlp_bias"}) {
    check(!json.get(key, false), "{} is true; layers with a bias are not supported", key);
  }
}

kernels::RopeScaling read_rope_scaling(const Json& json) {
  using Type = kernels::RopeScaling::Type;
  check(json.is_object(), "rope_scaling must be an object, found {}", json.dump());
  kernels::RopeScaling scaling;
  const std::string type = json.get("rope_type", json.get("type", "default").c_str());
  check(type == "linear" || type == "llama3" || type == "default",
        "rope_scaling of type \"{}\" is not supported; expected llama3, linear or default", type);
  if (type == "default") {
    check(json.find("factor") == nullptr, "rope_scaling has a factor but no rope_type");
    return scaling;
  }
  scaling.type = type == "linear" ? Type::linear : Type::llama3;
  scaling.factor = json.at("factor").as_double();
  check(scaling.factor >= 1, "rope_scaling factor must be 1 or more, found {}", scaling.factor);
  if (scaling.type == Type::linear) return scaling;
  scaling.low_freq_factor = json.at("low_freq_factor").as_double();
  scaling.high_freq_factor = json.at("high_freq_factor").as_double();
  scaling.original_max_position_embeddings =
      required_size(json, "original_max_position_embeddings", kMostPositions);
  check(scaling.low_freq_factor > 0 && scaling.high_freq_factor > scaling.low_freq_factor,
        "rope_scaling wants 0 < low_freq_factor < high_freq_factor, found {} and {}",
        scaling.low_freq_factor, scaling.high_freq_factor);
  return scaling;
}

/// Older files hold rope_theta and rope_scaling, newer ones rope_parameters with both.
void read_rope(const Json& json, LlamaConfig& config) {
  const Json* parameters = json.find("rope_parameters");
  const bool newer = parameters != nullptr && parameters->is_object();
  const Json* scaling = newer ? parameters : json.find("rope_scaling");
  config.rope_theta = (newer ? *parameters : json).get("rope_theta", config.rope_theta);
  check(config.rope_theta > 1, "rope_theta must be above 1, found {}", config.rope_theta);
  if (scaling != nullptr && !scaling->is_null()) config.rope_scaling = read_rope_scaling(*scaling);
}

Json rope_scaling_json(const kernels::RopeScaling& scaling) {
  using Type = kernels::RopeScaling::Type;
  if (scaling.type == Type::none) return {};
  Json json = Json::object();
  json.set("rope_type", scaling.type == Type::linear ? "linear" : "llama3");
  json.set("factor", scaling.factor);
  if (scaling.type == Type::llama3) {
    json.set("low_freq_factor", scaling.low_freq_factor);
    json.set("high_freq_factor", scaling.high_freq_factor);
    json.set("original_max_position_embeddings", scaling.original_max_position_embeddings);
  }
  return json;
}

}  // namespace

LlamaConfig LlamaConfig::from_json(const Json& json, const std::string& source) try {
  check_architecture(json);
  LlamaConfig config;
  // Bounds far above any Llama: what lies beyond them is a damaged or hostile file.
  config.vocab_size = required_size(json, "vocab_size", 1 << 24);
  config.hidden_size = required_size(json, "hidden_size", 1 << 17);
  config.intermediate_size = required_size(json, "intermediate_size", 1 << 20);
  config.num_hidden_layers = required_size(json, "num_hidden_layers", 1 << 12);
  config.num_attention_heads = required_size(json, "num_attention_heads", 1 << 12);
  config.num_key_value_heads =
      optional_size(json, "num_key_value_heads", config.num_attention_heads, 1 << 12);
  config.max_position_embeddings =
      optional_size(json, "max_position_embeddings", 2048, kMostPositions);
  check(config.num_attention_heads % config.num_key_value_heads == 0,
        "{} attention heads cannot share {} key/value heads evenly", config.num_attention_heads,
        config.num_key_value_heads);
  config.head_dim = optional_size(json, "head_dim", 0, 1 << 14);
  if (config.head_dim == 0) {
    check(config.hidden_size % config.num_attention_heads == 0,
          "hidden_size {} is not a multiple of {} attention heads and no head_dim is given",
          config.hidden_size, config.num_attention_heads);
    config.head_dim = config.hidden_size / config.num_attention_heads;
  }
  check(config.head_dim % 2 == 0, "head_dim must be even for rotary embedding, found {}",
        config.head_dim);
  config.rms_norm_eps = json.get("rms_norm_eps", 1e-6);
  check(config.rms_norm_eps > 0 && config.rms_norm_eps < 1,
        "rms_norm_eps must lie between 0 and 1, found {}", config.rms_norm_eps);
  config.tie_word_embeddings = json.get("tie_word_embeddings", false);
  read_rope(json, config);
  return config;
} catch (const Error& e) {
  fail("{}: {}", source, e.what());
}

LlamaConfig LlamaConfig::read(const std::filesystem::path& path) {
  return from_json(Json::read(path), path.string());
}

Json LlamaConfig::to_json() const {
  Json json = Json::object();
  json.set("architectures", Json(Json::Array{"LlamaForCausalLM"}));
  json.set("model_type", "llama");
  json.set("vocab_size", vocab_size);
  json.set("hidden_size", hidden_size);
  json.set("intermediate_size", intermediate_size);
  json.set("num_hidden_layers", num_hidden_layers);
  json.set("num_attention_heads", num_attention_heads);
  json.set("num_key_value_heads", num_key_value_heads);
  json.set("head_dim", head_dim);
  json.set("hidden_act", "silu");
  json.set("max_position_embeddings", max_position_embeddings);
  json.set("rms_norm_eps", rms_norm_eps);
  json.set("rope_theta", rope_theta);
  json.set("rope_scaling", rope_scaling_json(rope_scaling));
  json.set("attention_bias", false);
  json.set("mlp_bias", false);
  json.set("tie_word_embeddings", tie_word_embeddings);
  return json;
}

int64_t LlamaConfig::linear_parameter_count() const {
  const int64_t attention =
      hidden_size * head_dim * 2 * (num_attention_heads + num_key_value_heads);
  return num_hidden_layers * (attention + 3 * hidden_size * intermediate_size);
}

int64_t LlamaConfig::parameter_count() const {
  const int64_t tables = vocab_size * hidden_size * (tie_word_embeddings ? 1 : 2);
  return tables + linear_parameter_count() + hidden_size * (2 * num_hidden_layers + 1);
}

}  // namespace tern
