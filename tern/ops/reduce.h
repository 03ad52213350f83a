#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Sum and mean of all numbers of x (f32, any shape): one number, shape (1).
Tensor sum(const Tensor& x);
Tensor mean(const Tensor& x);

/// Over the last axis: (..., C) becomes (..., 1), a column that broadcasts over x again.
Tensor sum_last(const Tensor& x);
Tensor mean_last(const Tensor& x);

/// Over all axes but the last: (..., C) becomes (C), a row that broadcasts over x again.
Tensor sum_rows(const Tensor& x);
Tensor mean_rows(const Tensor& x);

}  // namespace tern
