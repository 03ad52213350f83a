#pragma once

#include <functional>

#include "tern/tensor/tensor.h"

namespace tern {

/// body(x), of whose inside nothing is kept for the backward pass: that runs body again (Chen et
/// al. 2016, arXiv 1604.06174). It costs one more forward pass and saves all that body would keep
/// but x. body must give the same numbers both times; the gradients of what it uses besides x are
/// made in the second run. The result has the gradients of an ordinary body(x).
Tensor recompute(const Tensor& x, std::function<Tensor(const Tensor&)> body);

}  // namespace tern
