#include "tern/model/packed_model.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/memory.h"
#include "tern/model/model_files.h"
#include "tern/model/stored_ternary.h"
#include "tern/model/table_format.h"
#include "tern/ops/cast.h"
#include "tern/ops/linear.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// A layer on codes and scales read from a file.
class PackedLinear : public LinearLayer {
 public:
  PackedLinear(PackedTernary packed, DType compute, const InputOptions& input)
      : packed_(std::move(packed)),
        weight_(Tensor::empty({packed_.rows, packed_.cols}, compute)),
        input_(input) {
    if (compute == DType::bf16) {
      unpack_ternary(packed_, weight_.data<bf16>());
    } else {
      unpack_ternary(packed_, weight_.data<float>());
    }
    if (!packed_.bias.empty()) bias_ = Tensor::from(packed_.bias, {packed_.rows});
    if (!packed_.sub_norm.empty()) sub_norm_ = Tensor::from(packed_.sub_norm, {packed_.cols});
  }

  Tensor forward(const Tensor& x) override {
    return linear(prepare_input(x, input_, sub_norm_), weight_, bias_);
  }
  std::optional<PackedTernary> pack() const override { return packed_; }

 private:
  PackedTernary packed_;
  Tensor weight_;
  Tensor bias_, sub_norm_;  // undefined where the layer has none
  InputOptions input_;
};

/// What may follow the name of a weight that is stored in parts.
constexpr std::string_view kParts[] = {".codes", ".scales", ".shifts", ".bias", ".sub_norm"};

Json quantization_config(const fs::path& folder) {
  const Json json = Json::read(folder / "config.json");
  const Json* config = json.find("quantization_config");
  return config == nullptr ? Json() : *config;
}

void check_some_block_is_ternary(const TernaryInfo& info, int64_t blocks) {
  for (const int64_t block : info.dense_blocks) {
    check(block >= 0 && block < blocks, "dense block {} is none of this model's {} blocks", block,
          blocks);
  }
  for (int64_t block = 0; block < blocks; ++block) {
    if (!info.is_dense(block)) return;
  }
  fail("every block is dense, so this is not a ternary model");
}

/// The parts of all layers.
void store_linears(const Llama& model, TernaryInfo& info, StoredTensors& out) {
  for (const Llama::Linear& linear : model.linears()) {
    std::optional<PackedTernary> packed = linear.layer->pack();
    if (info.is_dense(model.block_of(linear))) {
      check(!packed.has_value(), "{} is in a dense block, but packs as ternary", linear.name);
      out.add(linear.name, cast(model.parameters().at(linear.name), DType::bf16));
      continue;
    }
    check(packed.has_value(), "{} is not ternary, so the model cannot be packed", linear.name);
    info.sub_norm |= !packed->sub_norm.empty();
    info.shifts |= !packed->shifts.empty();
    info.bias |= !packed->bias.empty();
    store_ternary(linear.name, *std::move(packed), out);
  }
}

bool belongs_to_a_linear(const Llama& model, const std::string& parameter) {
  return std::ranges::any_of(model.linears(), [&](const Llama::Linear& linear) {
    return parameter == linear.name || parameter.starts_with(linear.name + ".");
  });
}

std::unique_ptr<LinearLayer> load_dense(const SafetensorsModel& file, const Llama::Linear& linear,
                                        DType compute) {
  const DType found = file.at(linear.name).dtype;
  check(found == DType::bf16, "{}: a dense block holds bf16, found {}", linear.name,
        name_of(found));
  const Parameter weight{linear.name, Tensor::empty({linear.O, linear.I}, DType::f32)};
  read_parameter(file, weight);
  return std::make_unique<DenseLinear>(cast(weight.tensor, compute));
}

std::unique_ptr<LinearLayer> load_linear(const SafetensorsModel& file, const Llama::Linear& linear,
                                         const TernaryInfo& info, DType compute) {
  PackedTernary packed = load_ternary(file, linear.name, linear.O, linear.I, info.grouping);
  // What is announced is what `departures` tells a reader of.
  check((packed.sub_norm.empty() || info.sub_norm) && (packed.shifts.empty() || info.shifts) &&
            (packed.bias.empty() || info.bias),
        "{}: the file holds a sub_norm, shifts or a bias that quantization_config does not state",
        linear.name);
  return std::make_unique<PackedLinear>(std::move(packed), compute, info.input);
}

/// Throws at a tensor that belongs to nothing of the model: its bits would count nowhere.
void refuse_other_tensors(const SafetensorsModel& file, const Llama& model) {
  std::set<std::string> known;
  for (const Parameter& parameter : model.parameters().all()) known.insert(parameter.name);
  for (const Llama::Linear& linear : model.linears()) known.insert(linear.name);
  for (const std::string& name : file.names()) {
    const std::string owner = name.substr(0, name.rfind('.'));
    const std::string part = name.substr(owner.size());
    const bool is_part =
        std::ranges::find(kParts, part) != std::end(kParts) && known.contains(owner);
    check(known.contains(name) || is_part,
          "the file holds a tensor {} that no part of the model is", name);
  }
}

}  // namespace

void save_packed(const Llama& model, const TernaryInfo& info, const fs::path& folder) {
  check(info.lambda == 1,
        "lambda is {}: this model is not ternary yet, so there is nothing to pack; train until "
        "lambda is 1",
        info.lambda);
  check_some_block_is_ternary(info, model.config().num_hidden_layers);
  TernaryInfo stored = info;
  StoredTensors out;
  store_linears(model, stored, out);
  for (const Parameter& parameter : model.parameters().all()) {
    if (is_table(parameter.name)) {
      table_format(info.embedding_bits).store(parameter, info.grouping, out);
    } else if (!belongs_to_a_linear(model, parameter.name)) {
      out.add(parameter.name, parameter.tensor);
    }
  }
  fs::create_directories(folder);
  write_safetensors(folder / "model.safetensors", out.all(), {{"format", "tern"}});
  Json config = model.config().to_json();
  config.set("quantization_config", stored.to_json());
  write_file_atomically(folder / "config.json", config.dump_pretty() + "\n");
}

bool is_packed(const fs::path& folder) {
  const Json config = quantization_config(folder);
  if (config.is_null()) return false;
  const std::string method = config.get("quant_method", "");
  check(method == "tern", "{}: weights quantized by \"{}\" cannot be read; only Tern's own can",
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
        "score; train until lambda is 1 (`tern train --resume --force` with more --steps or "
        "--time-budget goes on)",
        info.lambda);
  check_some_block_is_ternary(info, config.num_hidden_layers);
  const SafetensorsModel file(folder);
  require_memory(sizeof(float) * static_cast<double>(config.parameter_count()), "this model");
  refuse_more_layers(file, config);
  Llama model(config, {.compute = compute, .trainable = false, .dense_linears = false});
  for (const Parameter& parameter : model.parameters().all()) {
    if (is_table(parameter.name)) {
      table_format(info.embedding_bits).load(file, parameter, info.grouping);
    } else {
      read_parameter(file, parameter);
    }
  }
  model.replace_linears([&](const Llama::Linear& linear) {
    return info.is_dense(model.block_of(linear)) ? load_dense(file, linear, compute)
                                                 : load_linear(file, linear, info, compute);
  });
  refuse_other_tensors(file, model);
  return model;
} catch (const Error& e) {
  rethrow_naming(folder, e);
}

Llama load_for_inference(const fs::path& folder, DType compute) {
  if (is_packed(folder)) return load_packed(folder, compute);
  return load_llama(folder, {.compute = compute, .trainable = false});
}

}  // namespace tern
