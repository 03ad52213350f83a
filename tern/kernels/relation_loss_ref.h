#pragma once

#include <cmath>
#include <vector>

#include "tern/kernels/relation_loss.h"

namespace tern::kernels::ref {

/// Relations of position t of one head to all positions. N is double or std::complex.
template <class N>
std::vector<N> relations(const RelationShape& s, const N* x, int64_t b, int64_t h, int64_t t) {
  using std::exp;
  const auto row = [&](int64_t at) { return x + ((b * s.T + at) * s.H + h) * s.D; };
  std::vector<N> out;
  N sum(0);
  for (int64_t j = 0; j < s.T; ++j) {
    N dot(0);
    for (int64_t d = 0; d < s.D; ++d) dot += row(t)[d] * row(j)[d];
    out.push_back(exp(dot / std::sqrt(static_cast<double>(s.D))));
    sum += out.back();
  }
  for (N& value : out) value /= sum;
  return out;
}

/// The loss of one sequence's head. Its complex-step derivative specifies the gradient.
template <class N>
N relation_loss(const RelationShape& s, const N* student, const N* teacher, int64_t b, int64_t h) {
  using std::log;
  N loss(0);
  for (int64_t t = 0; t < s.T; ++t) {
    const auto q = relations(s, student, b, h, t), p = relations(s, teacher, b, h, t);
    for (int64_t j = 0; j < s.T; ++j) loss += p[j] * (log(p[j]) - log(q[j]));
  }
  return loss;
}

}  // namespace tern::kernels::ref
