#include "tern/kernels/orthogonalize.h"

#include <algorithm>
#include <cmath>

#include "tern/kernels/reduce.h"
#include "tern/kernels/scratch.h"
#include "tern/kernels/spd_inverse.h"
#include "tern/kernels/symmetric_gemm.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Calls body(i, row) for every row of x, in parallel.
template <class Body>
void for_rows(Matrix<float> x, Body&& body) {
  constexpr int64_t kGrain = 1 << 14;
  parallel_for(x.rows, std::max<int64_t>(1, kGrain / x.cols), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i, x.row(i));
  });
}

/// a = (a + shift)^-1.
void shifted_inverse(Matrix<float> a, double shift) {
  for (int64_t i = 0; i < a.rows; ++i) a.row(i)[i] += static_cast<float>(shift);
  spd_inverse(a);
}

/// The factor f(s) / s of every singular value, as a matrix of the smaller side's size, from the
/// Gram matrix g, which is used up; its diagonal, and the rest of it with zeros in that place.
template <class T>
void factor_of(Matrix<float> g, Matrix<float> copy, float* diagonal, Matrix<T> rest) {
  const int64_t n = g.rows;
  const auto& [first, second] = kZolotarevTerms;
  std::copy_n(g.data, n * n, copy.data);
  shifted_inverse(g, first.shift);
  shifted_inverse(copy, second.shift);
  const float a1 = static_cast<float>(first.residue), a2 = static_cast<float>(second.residue);
  for (int64_t i = 0; i < n; ++i) {
    const float* const x = g.row(i);
    const float* const y = copy.row(i);
    T* const to = rest.row(i);
    for (int64_t j = 0; j < n; ++j) to[j] = T(a1 * x[j] + a2 * y[j]);
    diagonal[i] = static_cast<float>(kZolotarevConstant) + a1 * x[i] + a2 * y[i];
    to[i] = T(0.0f);
  }
}

}  // namespace

template <class T>
void orthogonalize(Matrix<float> x) {
  const float norm =
      static_cast<float>(std::sqrt(sum_of_squares({x.data, static_cast<size_t>(x.rows * x.cols)})));
  if (norm == 0) return;
  const bool tall = x.rows > x.cols;
  const int64_t n = std::min(x.rows, x.cols);

  thread_local Scratch<T> narrow_scratch;
  thread_local Scratch<float> wide_scratch;
  T* const narrow = narrow_scratch.at_least(x.size() + n * n);
  float* const wide = wide_scratch.at_least(2 * n * n + n);
  const Matrix<T> unit(narrow, x.rows, x.cols), rest(narrow + x.size(), n, n);
  const Matrix<float> gram(wide, n, n), copy(wide + n * n, n, n);
  float* const diagonal = wide + 2 * n * n;

  const float inverse_norm = 1 / norm;
  for_rows(x, [&](int64_t i, float* row) {
    T* const to = unit.row(i);
    for (int64_t j = 0; j < x.cols; ++j) to[j] = T(row[j] * inverse_norm);
  });
  const Matrix<const T> u = unit, off_diagonal = rest;
  symmetric_gemm(tall ? u.t() : u, tall ? u : u.t(), gram, Into::overwrite);
  factor_of(gram, copy, diagonal, rest);

  // The diagonal, up to 500 times the rest of its row, multiplies in float32: rounded to bf16 it
  // would leave errors as large as the parts of x that are to be 1.
  for_rows(x, [&](int64_t i, float* row) {
    const float scale = inverse_norm * diagonal[tall ? 0 : i];
    if (tall) {
      for (int64_t j = 0; j < x.cols; ++j) row[j] *= inverse_norm * diagonal[j];
    } else {
      for (int64_t j = 0; j < x.cols; ++j) row[j] *= scale;
    }
  });
  gemm(tall ? u : off_diagonal, tall ? off_diagonal : u, x, Into::accumulate);
}

template void orthogonalize<float>(Matrix<float>);
template void orthogonalize<bf16>(Matrix<float>);

}  // namespace tern::kernels
