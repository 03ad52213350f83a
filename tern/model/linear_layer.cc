#include "tern/model/linear_layer.h"

#include "tern/base/error.h"
#include "tern/ops/cast.h"
#include "tern/ops/linear.h"

namespace tern {

EffectiveLinear LinearLayer::effective(DType) const {
  fail(
      "a linear layer of this recipe does not say what it computes with, so the model cannot be "
      "scored; "
      "give its class the function effective()");
}

Tensor DenseLinear::forward(const Tensor& x) {
  return linear(x, weight_as(weight_, stored_, x.dtype()));
}

EffectiveLinear DenseLinear::effective(DType compute) const {
  return {.weight = weight_as(weight_, stored_, compute)};
}

}  // namespace tern
