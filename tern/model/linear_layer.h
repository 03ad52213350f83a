#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tern/quant/packed.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// What a linear layer computes with at this moment:
///     y = x' weight^T + bias,   x' = prepare_input(x, options, sub_norm, *input_lambda)
/// where the options are the same for all layers of a model, and x' is x without `input_lambda`.
struct EffectiveLinear {
  Tensor weight = {};                      // (O, I) in the model's compute type
  Tensor bias = {}, sub_norm = {};         // (O) and (I), f32; undefined where there is none
  std::optional<float> input_lambda = {};  // how far quantized inputs take the place of x
};

/// A linear layer inside a block: y = x W^T without a bias. A recipe's own kind derives from it.
class LinearLayer {
 public:
  virtual ~LinearLayer() = default;

  /// x (..., I) in the model's compute type; the result is (..., O) in the same type.
  virtual Tensor forward(const Tensor& x) = 0;

  /// What forward() computes with now, for scoring the model elsewhere. Throws an Error unless the
  /// layer says so.
  virtual EffectiveLinear effective(DType compute) const;

  /// What a ternary layer stores, or nothing when the layer is not ternary.
  virtual std::optional<PackedTernary> pack() const { return std::nullopt; }
};

/// The layer of a full-precision model: weight (O, I) f32. With `stored` bf16 it computes with the
/// weight rounded to bf16, straight through, whatever the compute type: what a packed model holds
/// of a layer that is not ternary.
class DenseLinear : public LinearLayer {
 public:
  explicit DenseLinear(Tensor weight, DType stored = DType::f32)
      : weight_(std::move(weight)), stored_(stored) {}
  Tensor forward(const Tensor& x) override;
  EffectiveLinear effective(DType compute) const override;

 private:
  Tensor weight_;
  DType stored_;
};

}  // namespace tern
