#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace tern::kernels::ref {

/// softmax(logits / temperature) of one row, for logits whose exponentials do not overflow. T is
/// float, double or std::complex (for complex-step derivatives).
template <class T>
std::vector<T> softmax(const T* logits, double temperature, int64_t V) {
  using std::exp;
  std::vector<T> p(logits, logits + V);
  T sum(0);
  for (T& value : p) sum += value = exp(value / T(temperature));
  for (T& value : p) value /= sum;
  return p;
}

/// temperature^2 KL(teacher || student) of one row.
template <class T>
T kl_loss_fwd(const T* student, const T* teacher, double temperature, int64_t V) {
  using std::log;
  const auto q = softmax(student, temperature, V), p = softmax(teacher, temperature, V);
  T sum(0);
  for (int64_t v = 0; v < V; ++v) sum += p[v] * (log(p[v]) - log(q[v]));
  return T(temperature * temperature) * sum;
}

/// Adds one row's gradient into dstudent.
template <class T>
void kl_loss_bwd(T dloss, const T* student, const T* teacher, double temperature, int64_t V,
                 T* dstudent) {
  const auto q = softmax(student, temperature, V), p = softmax(teacher, temperature, V);
  for (int64_t v = 0; v < V; ++v) dstudent[v] += dloss * T(temperature) * (q[v] - p[v]);
}

}  // namespace tern::kernels::ref
