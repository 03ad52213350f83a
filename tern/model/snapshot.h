#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tern/model/linear_input.h"
#include "tern/model/llama.h"

namespace tern {

/// A model as it computes at one moment, in one piece of memory: dense matrices in the compute
/// type, the embedding and the head with the values that they are stored with, and how far the
/// inputs of each layer are quantized. It is what a run hands over to be scored while it trains, so
/// it holds any state of any recipe. Where a number lies follows from the shape of the model alone:
/// the side that reads takes no name, size or place from the side that wrote.
class Snapshot {
 public:
  /// Of models of this shape that compute in this type.
  Snapshot(const LlamaConfig& config, DType compute);

  /// What it takes, for any recipe.
  int64_t bytes() const { return bytes_; }

  /// Writes what the model computes with; makes one matrix at a time. Throws an Error where the
  /// model has another shape or type, or the memory another size.
  void write(Llama& model, std::span<std::byte> memory) const;

  /// A model that computes on the memory, which `owner` keeps alive. Nothing is copied but the
  /// embedding.
  Llama read(std::shared_ptr<void> owner, std::span<std::byte> memory,
             const InputOptions& inputs) const;

 private:
  struct Piece {
    std::string name;
    int64_t offset = 0;
    Shape shape;
    DType dtype = DType::f32;
  };
  /// Of one linear layer inside the blocks.
  struct Layer {
    Piece state, weight, bias, sub_norm;
  };

  Piece add(const std::string& name, const Shape& shape, DType dtype);
  void check_size(std::span<const std::byte> memory) const;

  LlamaConfig config_;
  DType compute_;
  int64_t bytes_ = 0;
  std::vector<Piece> parameters_;  // outside these layers
  std::vector<Layer> layers_;
};

}  // namespace tern
