#include "tern/model/frozen_model.h"

#include "tern/base/memory.h"
#include "tern/io/safetensors.h"
#include "tern/model/model_files.h"
#include "tern/ops/cast.h"
#include "tern/ops/linear.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

class FrozenLinear : public LinearLayer {
 public:
  explicit FrozenLinear(Tensor weight) : weight_(std::move(weight)) {}
  Tensor forward(const Tensor& x) override { return linear(x, weight_); }

 private:
  Tensor weight_;  // (O, I) in the compute type
};

double frozen_memory(const LlamaConfig& config, DType compute) {
  const auto linears = static_cast<double>(config.linear_parameter_count());
  const double others = static_cast<double>(config.parameter_count()) - linears;
  return linears * static_cast<double>(size_of(compute)) + others * sizeof(float);
}

}  // namespace

Llama load_frozen_llama(const fs::path& folder, DType compute) try {
  const LlamaConfig config = LlamaConfig::read(folder / "config.json");
  const SafetensorsModel file(folder);
  require_memory(frozen_memory(config, compute), "the teacher");
  refuse_more_layers(file, config);
  Llama model(config, {.compute = compute, .trainable = false, .dense_linears = false});
  for (const Parameter& parameter : model.parameters().all()) read_parameter(file, parameter);
  model.replace_linears([&](const Llama::Linear& linear) {
    const Tensor weight = Tensor::empty({linear.O, linear.I}, DType::f32);
    read_parameter(file, {linear.name, weight});
    return std::make_unique<FrozenLinear>(cast(weight, compute));
  });
  return model;
} catch (const Error& e) {
  rethrow_naming(folder, e);
}

}  // namespace tern
