#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "tern/kernels/distillation.h"

namespace tern::kernels::ref {

/// The loss of one row. T is float, double or std::complex (for complex-step derivatives, which are
/// the specification of the gradient); exponentials must not overflow.
template <class T>
T distillation(const T* logits, int64_t V, int32_t target, const TeacherView& teacher,
               double temperature, const TokenWeights& weights) {
  using std::exp, std::log;
  T sum(0), tempered_sum(0), kept_sum(0);
  for (int64_t v = 0; v < V; ++v) {
    sum += exp(logits[v]);
    tempered_sum += exp(logits[v] / T(temperature));
  }
  std::vector<T> q;
  std::vector<double> log_p;
  for (int64_t i = 0; i < teacher.k; ++i) {
    q.push_back(exp(logits[teacher.ids[i]] / T(temperature)) / tempered_sum);
    log_p.push_back(teacher.log_probabilities[i]);
    kept_sum += q.back();
  }
  if (teacher.k < V) {
    q.push_back(T(1) - kept_sum);
    log_p.push_back(teacher.log_rest[0]);
  }
  T forward(0), reverse(0);
  for (size_t i = 0; i < q.size(); ++i) {
    const T difference = T(log_p[i]) - log(q[i]);
    forward += T(std::exp(log_p[i])) * difference;
    reverse -= q[i] * difference;
  }
  return T(weights.cross_entropy) * (log(sum) - logits[target]) +
         T(temperature * temperature) *
             (T(weights.forward) * forward + T(weights.reverse) * reverse);
}

}  // namespace tern::kernels::ref
