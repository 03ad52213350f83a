#include "tern/model/linear_layer.h"

#include "tern/ops/cast.h"
#include "tern/ops/linear.h"

namespace tern {

Tensor DenseLinear::forward(const Tensor& x) {
  return linear(x, weight_as(weight_, stored_, x.dtype()));
}

}  // namespace tern
