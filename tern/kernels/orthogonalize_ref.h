#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace tern::kernels::ref {

/// Singular values of x (rows, cols), smallest first, by one-sided Jacobi rotations (Hestenes
/// 1958), and x with f(s) in place of each value s.
struct SingularValues {
  std::vector<double> values;
  std::vector<double> mapped;
};

template <class F>
SingularValues map_singular_values(std::vector<double> x, int64_t rows, int64_t cols, F&& f) {
  const bool wide = rows < cols;
  const int64_t m = std::max(rows, cols), n = std::min(rows, cols);
  const auto at = [&](int64_t i, int64_t j) { return wide ? j * cols + i : i * cols + j; };
  // Columns of x V become orthogonal; V collects the rotations.
  std::vector<double> v(n * n);
  for (int64_t j = 0; j < n; ++j) v[j * n + j] = 1;
  const auto rotate = [](double& a, double& b, double c, double s) {
    const double old = a;
    a = c * a - s * b;
    b = s * old + c * b;
  };
  for (int sweep = 0; sweep < 40; ++sweep) {
    bool done = true;
    for (int64_t p = 0; p < n; ++p) {
      for (int64_t q = p + 1; q < n; ++q) {
        double pp = 0, qq = 0, pq = 0;
        for (int64_t i = 0; i < m; ++i) {
          pp += x[at(i, p)] * x[at(i, p)];
          qq += x[at(i, q)] * x[at(i, q)];
          pq += x[at(i, p)] * x[at(i, q)];
        }
        if (std::abs(pq) <= 1e-14 * std::sqrt(pp * qq)) continue;
        done = false;
        const double z = (qq - pp) / (2 * pq);
        const double t = std::copysign(1 / (std::abs(z) + std::sqrt(1 + z * z)), z);
        const double c = 1 / std::sqrt(1 + t * t);
        for (int64_t i = 0; i < m; ++i) rotate(x[at(i, p)], x[at(i, q)], c, c * t);
        for (int64_t i = 0; i < n; ++i) rotate(v[i * n + p], v[i * n + q], c, c * t);
      }
    }
    if (done) break;
  }
  SingularValues out{std::vector<double>(n), std::vector<double>(x.size())};
  for (int64_t k = 0; k < n; ++k) {
    double square = 0;
    for (int64_t i = 0; i < m; ++i) square += x[at(i, k)] * x[at(i, k)];
    const double value = std::sqrt(square);
    out.values[k] = value;
    if (value == 0) continue;
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        out.mapped[at(i, j)] += f(value) / value * x[at(i, k)] * v[j * n + k];
      }
    }
  }
  std::sort(out.values.begin(), out.values.end());
  return out;
}

}  // namespace tern::kernels::ref
