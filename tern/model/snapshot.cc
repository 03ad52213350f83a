#include "tern/model/snapshot.h"

#include <algorithm>
#include <cstring>

#include "tern/base/error.h"
#include "tern/model/table_format.h"
#include "tern/ops/linear.h"

namespace tern {
namespace {

constexpr int64_t kAlignment = 64;  // of every piece, as the arena's

/// Of all that a model reads, the rows of this alone are chosen by the text. Who shares the memory
/// can tell which were read, so it is read as a whole first.
constexpr const char* kEmbedding = "model.embed_tokens.weight";

/// What a snapshot says of a layer in numbers: 1 or 0 for yes and no.
struct LayerState {
  float has_bias = 0, has_sub_norm = 0, quantizes_inputs = 0, input_lambda = 1;
};
constexpr int64_t kStateNumbers = sizeof(LayerState) / sizeof(float);

/// A layer of a model that is scored. Layers of one model share what they make of their inputs.
class SnapshotLinear : public LinearLayer {
 public:
  SnapshotLinear(EffectiveLinear how, const InputOptions& options,
                 std::shared_ptr<SharedInput> inputs)
      : how_(std::move(how)), options_(options), inputs_(std::move(inputs)) {}

  Tensor forward(const Tensor& x) override {
    const Tensor prepared =
        how_.input_lambda ? inputs_->prepare(x, options_, how_.sub_norm, *how_.input_lambda) : x;
    return linear(prepared, how_.weight, how_.bias);
  }

 private:
  EffectiveLinear how_;
  InputOptions options_;
  std::shared_ptr<SharedInput> inputs_;
};

}  // namespace

Snapshot::Snapshot(const LlamaConfig& config, DType compute) : config_(config), compute_(compute) {
  // Asks the model itself for its parameters, on no memory.
  const Llama shape(config, {.compute = compute,
                             .trainable = false,
                             .dense_linears = false,
                             .memory = [&](const std::string& name, const Shape& dims) {
                               parameters_.push_back(add(name, dims, DType::f32));
                               return Tensor();
                             }});
  for (const Llama::Linear& linear : shape.linears()) {
    layers_.push_back({add(linear.name, {kStateNumbers}, DType::f32),
                       add(linear.name, {linear.O, linear.I}, compute),
                       add(linear.name, {linear.O}, DType::f32),
                       add(linear.name, {linear.I}, DType::f32)});
  }
}

Snapshot::Piece Snapshot::add(const std::string& name, const Shape& shape, DType dtype) {
  Piece piece{name, bytes_, shape, dtype};
  const int64_t size = element_count(shape) * static_cast<int64_t>(size_of(dtype));
  bytes_ += (size + kAlignment - 1) / kAlignment * kAlignment;
  return piece;
}

void Snapshot::check_size(std::span<const std::byte> memory) const {
  check(std::ssize(memory) == bytes_, "a snapshot of this model takes {} bytes, found memory of {}",
        bytes_, memory.size());
}

void Snapshot::write(Llama& model, std::span<std::byte> memory) const {
  check_size(memory);
  const auto put = [&](const Piece& piece, const Tensor& tensor) {
    check(tensor.shape() == piece.shape && tensor.dtype() == piece.dtype,
          "{}: expected {} {}, found {} {}", piece.name, name_of(piece.dtype),
          to_string(piece.shape), name_of(tensor.dtype()), to_string(tensor.shape()));
    std::memcpy(memory.data() + piece.offset, tensor.raw(), tensor.bytes());
  };
  for (const Piece& piece : parameters_) {
    put(piece, is_table(piece.name) ? model.table(piece.name) : model.parameters().at(piece.name));
  }
  check(model.linears().size() == layers_.size(), "expected a model of {} linear layers, found {}",
        layers_.size(), model.linears().size());
  for (size_t i = 0; i < layers_.size(); ++i) {
    const EffectiveLinear how = model.linears()[i].layer->effective(compute_);
    const LayerState state = {how.bias.defined() ? 1.0f : 0.0f,
                              how.sub_norm.defined() ? 1.0f : 0.0f, how.input_lambda ? 1.0f : 0.0f,
                              how.input_lambda.value_or(1)};
    std::memcpy(memory.data() + layers_[i].state.offset, &state, sizeof state);
    put(layers_[i].weight, how.weight);
    if (how.bias.defined()) put(layers_[i].bias, how.bias);
    if (how.sub_norm.defined()) put(layers_[i].sub_norm, how.sub_norm);
  }
}

Llama Snapshot::read(std::shared_ptr<void> owner, std::span<std::byte> memory,
                     const InputOptions& inputs) const {
  check_size(memory);
  const auto on = [&](const Piece& piece) {
    return Tensor::over(owner, memory.data() + piece.offset, piece.shape, piece.dtype);
  };
  size_t next = 0;
  Llama model(config_, {.compute = compute_,
                        .trainable = false,
                        .dense_linears = false,
                        .memory = [&](const std::string& name, const Shape&) {
                          const Tensor there = on(parameters_[next++]);
                          return name == kEmbedding ? there.clone() : there;
                        }});
  const auto shared = std::make_shared<SharedInput>();
  const auto* layer = layers_.data();
  model.replace_linears([&](const Llama::Linear&) {
    const Layer& pieces = *layer++;
    LayerState state;
    std::memcpy(&state, memory.data() + pieces.state.offset, sizeof state);
    EffectiveLinear how{.weight = on(pieces.weight)};
    if (state.has_bias != 0) how.bias = on(pieces.bias);
    if (state.has_sub_norm != 0) how.sub_norm = on(pieces.sub_norm);
    if (state.quantizes_inputs != 0) how.input_lambda = state.input_lambda;
    return std::make_unique<SnapshotLinear>(std::move(how), inputs, shared);
  });
  return model;
}

}  // namespace tern
