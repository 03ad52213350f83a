#include "tern/model/packed_model.h"

#include <algorithm>
#include <cstring>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/memory.h"
#include "tern/io/safetensors.h"
#include "tern/model/model_files.h"
#include "tern/ops/linear.h"
#include "tern/ops/token_quantize.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kFormatVersion = 1;
constexpr const char* kMethod = "tern";

/// A layer on codes and scales read from a file.
class PackedLinear : public LinearLayer {
 public:
  PackedLinear(PackedTernary packed, DType compute, const ActivationQuantization& activations)
      : packed_(std::move(packed)),
        weight_(Tensor::empty({packed_.rows, packed_.cols}, compute)),
        activations_(activations) {
    if (compute == DType::bf16) {
      unpack_ternary(packed_, weight_.data<bf16>());
    } else {
      unpack_ternary(packed_, weight_.data<float>());
    }
  }

  Tensor forward(const Tensor& x) override {
    return linear(quantize_activations(x, activations_), weight_);
  }
  std::optional<PackedTernary> pack() const override { return packed_; }

 private:
  PackedTernary packed_;
  Tensor weight_;
  ActivationQuantization activations_;
};

Json quantization_config(const fs::path& folder) {
  const Json json = Json::read(folder / "config.json");
  const Json* config = json.find("quantization_config");
  return config == nullptr ? Json() : *config;
}

template <class T>
std::vector<T> numbers_of(const SafetensorsEntry& entry, DType dtype) {
  check(entry.dtype == dtype, "{}: expected {}, found {}", entry.name, name_of(dtype),
        name_of(entry.dtype));
  std::vector<T> out(entry.bytes.size() / sizeof(T));
  std::memcpy(static_cast<void*>(out.data()), entry.bytes.data(), entry.bytes.size());
  return out;
}

PackedTernary read_packed(const SafetensorsModel& file, const Llama::Linear& linear,
                          Grouping grouping) {
  PackedTernary packed{linear.O, linear.I, grouping, {}, {}};
  const SafetensorsEntry& codes = file.at(linear.name + ".codes");
  packed.codes = numbers_of<uint8_t>(codes, DType::u8);
  packed.scales = numbers_of<f16>(file.at(linear.name + ".scales"), DType::f16);
  validate_ternary(packed, linear.name);
  const Shape shape = {linear.O, PackedTernary::bytes_per_row(linear.I)};
  check(codes.shape == shape, "{}: expected the shape {}, found {}", codes.name, to_string(shape),
        to_string(codes.shape));
  return packed;
}

/// Tensors to write and the packed matrices that hold their bytes.
struct PackedTensors {
  std::vector<std::unique_ptr<PackedTernary>> owners;
  std::vector<SafetensorsTensor> tensors;

  void add(const Llama::Linear& linear, PackedTernary packed) {
    const auto& p = *owners.emplace_back(std::make_unique<PackedTernary>(std::move(packed)));
    const int64_t groups = p.grouping.groups_per_row(p.cols);
    const Shape scales = p.grouping.whole_tensor() ? Shape{1} : Shape{p.rows, groups};
    tensors.push_back({linear.name + ".codes",
                       DType::u8,
                       {p.rows, PackedTernary::bytes_per_row(p.cols)},
                       p.codes.data()});
    tensors.push_back({linear.name + ".scales", DType::f16, scales, p.scales.data()});
  }
};

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
  const int64_t bits = json.get("activation_bits", int64_t{16});
  check((bits >= 2 && bits <= 8) || bits == 16,
        "activation_bits must be 2 to 8, or 16 for none, found {}", bits);
  info.activations.bits = static_cast<int>(bits);
  const std::string scheme = json.get("activation_scale", "token");
  check(scheme == "token" || scheme == "channel",
        "activation_scale must be token or channel, found {}", scheme);
  info.activations.per_channel = scheme == "channel";
  info.lambda = json.get("lambda", 1.0);
  return info;
} catch (const Error& e) {
  fail("{}: quantization_config: {}", source, e.what());
}

Json TernaryInfo::to_json() const {
  Json json = Json::object();
  json.set("quant_method", kMethod);
  json.set("format_version", kFormatVersion);
  json.set("bits", 2);
  json.set("group", grouping.to_string());
  json.set("activation_bits", activations.bits);
  json.set("activation_scale", activations.per_channel ? "channel" : "token");
  json.set("lambda", lambda);
  return json;
}

Tensor quantize_activations(const Tensor& x, const ActivationQuantization& how) {
  if (how.bits == 16) return x;
  return how.per_channel ? channel_quantize(x, how.bits) : token_quantize(x, how.bits);
}

void save_packed(const Llama& model, const TernaryInfo& info, const fs::path& folder) {
  check(info.lambda == 1,
        "lambda is {}: this model is not ternary yet, so there is nothing to pack; train until "
        "lambda is 1",
        info.lambda);
  PackedTensors out;
  for (const Llama::Linear& linear : model.linears()) {
    std::optional<PackedTernary> packed = linear.layer->pack();
    check(packed.has_value(), "{} is not ternary, so the model cannot be packed", linear.name);
    out.add(linear, *std::move(packed));
  }
  for (const auto& [name, tensor] : model.parameters().all()) {
    const bool is_linear =
        std::any_of(model.linears().begin(), model.linears().end(),
                    [&](const Llama::Linear& linear) { return linear.name == name; });
    if (!is_linear) out.tensors.push_back({name, DType::f32, tensor.shape(), tensor.raw()});
  }
  fs::create_directories(folder);
  write_safetensors(folder / "model.safetensors", out.tensors, {{"format", "tern"}});
  Json config = model.config().to_json();
  config.set("quantization_config", info.to_json());
  write_file_atomically(folder / "config.json", config.dump_pretty() + "\n");
}

bool is_packed(const fs::path& folder) {
  const Json config = quantization_config(folder);
  if (config.is_null()) return false;
  const std::string method = config.get("quant_method", "");
  check(method == kMethod, "{}: weights quantized by \"{}\" cannot be read; only Tern's own can",
        (folder / "config.json").string(), method);
  return true;
}

TernaryInfo read_ternary_info(const fs::path& folder) {
  return TernaryInfo::from_json(quantization_config(folder), (folder / "config.json").string());
}

Llama load_packed(const fs::path& folder, DType compute) try {
  const LlamaConfig config = LlamaConfig::read(folder / "config.json");
  const TernaryInfo info = read_ternary_info(folder);
  check(info.lambda == 1,
        "training ended with lambda {}, so the trained model is not the ternary one and has no "
        "score; train until lambda is 1",
        info.lambda);
  const SafetensorsModel file(folder);
  require_memory(sizeof(float) * static_cast<double>(config.parameter_count()), "this model");
  refuse_more_layers(file, config);
  Llama model(config, {.compute = compute, .trainable = false, .dense_linears = false});
  for (const Parameter& parameter : model.parameters().all()) read_parameter(file, parameter);
  model.replace_linears([&](const Llama::Linear& linear) {
    return std::make_unique<PackedLinear>(read_packed(file, linear, info.grouping), compute,
                                          info.activations);
  });
  return model;
} catch (const Error& e) {
  rethrow_naming(folder, e);
}

Llama load_for_inference(const fs::path& folder, DType compute) {
  if (is_packed(folder)) return load_packed(folder, compute);
  return load_llama(folder, {.compute = compute, .trainable = false});
}

}  // namespace tern
