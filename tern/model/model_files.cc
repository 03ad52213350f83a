#include "tern/model/model_files.h"

#include <cstring>

#include "tern/base/file.h"
#include "tern/base/memory.h"
#include "tern/io/safetensors.h"
#include "tern/kernels/cast.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// Converts 16-bit numbers from bytes that may be unaligned.
template <class From>
void convert(std::span<const std::byte> bytes, std::span<float> to) {
  std::vector<From> aligned(to.size());
  std::memcpy(static_cast<void*>(aligned.data()), bytes.data(), bytes.size());
  kernels::cast(aligned.data(), to.data(), static_cast<int64_t>(to.size()));
}

}  // namespace

void read_parameter(const SafetensorsModel& file, const Parameter& parameter) {
  const SafetensorsEntry& entry = file.at(parameter.name);
  check(entry.shape == parameter.tensor.shape(),
        "{}: config.json asks for the shape {}, the file has {}", parameter.name,
        to_string(parameter.tensor.shape()), to_string(entry.shape));
  const std::span<float> to = parameter.tensor.values<float>();
  switch (entry.dtype) {
    case DType::f32:
      std::memcpy(to.data(), entry.bytes.data(), entry.bytes.size());
      break;
    case DType::f16:
      convert<f16>(entry.bytes, to);
      break;
    case DType::bf16:
      convert<bf16>(entry.bytes, to);
      break;
    default:
      fail("{}: expected F32, F16 or BF16 weights, found {}", parameter.name, name_of(entry.dtype));
  }
}

void rethrow_naming(const fs::path& folder, const Error& error) {
  const std::string message = error.what(), inside = (folder / "").string();
  const bool named = message.starts_with(folder.string() + ":") || message.starts_with(inside) ||
                     message.find(" " + inside) != std::string::npos;
  throw Error(named ? message : folder.string() + ": " + message);
}

void refuse_more_layers(const SafetensorsModel& file, const LlamaConfig& config) {
  const std::string next = fmt::format("model.layers.{}.", config.num_hidden_layers);
  for (const std::string& name : file.names()) {
    check(!name.starts_with(next),
          "config.json says num_hidden_layers {}, but the file goes on with {}",
          config.num_hidden_layers, name);
  }
}

Llama load_llama(const fs::path& folder, const LlamaOptions& options) try {
  const LlamaConfig config = LlamaConfig::read(folder / "config.json");
  const SafetensorsModel file(folder);
  const double copies = options.trainable ? 2 : 1;
  require_memory(copies * sizeof(float) * static_cast<double>(config.parameter_count()),
                 "this model");
  refuse_more_layers(file, config);
  Llama model(config, options);
  for (const Parameter& parameter : model.parameters().all()) read_parameter(file, parameter);
  return model;
} catch (const Error& e) {
  rethrow_naming(folder, e);
}

void save_llama(const Llama& model, const fs::path& folder) {
  fs::create_directories(folder);
  std::vector<SafetensorsTensor> tensors;
  for (const auto& [name, tensor] : model.parameters().all()) {
    tensors.push_back({name, DType::f32, tensor.shape(), tensor.raw()});
  }
  write_safetensors(folder / "model.safetensors", tensors, {{"format", "pt"}});
  Json config = model.config().to_json();
  config.set("torch_dtype", "float32");
  write_file_atomically(folder / "config.json", config.dump_pretty() + "\n");
}

void copy_tokenizer(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const char* name : {"tokenizer.json", "tokenizer_config.json"}) {
    if (fs::exists(from / name)) write_file_atomically(to / name, read_file(from / name));
  }
}

}  // namespace tern
