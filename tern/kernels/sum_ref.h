#pragma once

#include "tern/kernels/view.h"

namespace tern::kernels::ref {

/// Adds the sum of row n to rows[n], of column c to columns[c], and returns that of all.
template <class Sum>
Sum sums(Matrix<const float> x, Sum* rows, Sum* columns) {
  Sum total(0);
  for (int64_t n = 0; n < x.rows; ++n) {
    for (int64_t c = 0; c < x.cols; ++c) {
      rows[n] += x.row(n)[c];
      columns[c] += x.row(n)[c];
      total += x.row(n)[c];
    }
  }
  return total;
}

}  // namespace tern::kernels::ref
