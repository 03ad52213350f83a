#include "tern/kernels/rope.h"

#include <cmath>
#include <numbers>

#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kTokenGrain = 16;

double llama3_frequency(double frequency, const RopeScaling& scaling) {
  const double turns = static_cast<double>(scaling.original_max_position_embeddings) * frequency /
                       (2 * std::numbers::pi);
  if (turns < scaling.low_freq_factor) return frequency / scaling.factor;
  if (turns > scaling.high_freq_factor) return frequency;
  const double smooth =
      (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor);
  return (1 - smooth) * frequency / scaling.factor + smooth * frequency;
}

template <class T>
void rotate(const T* x, const float* cos, const float* sin, int64_t half, T* __restrict y) {
  for (int64_t i = 0; i < half; ++i) {
    const float a = static_cast<float>(x[i]), b = static_cast<float>(x[i + half]);
    y[i] = static_cast<T>(a * cos[i] - b * sin[i]);
    y[i + half] = static_cast<T>(b * cos[i] + a * sin[i]);
  }
}

template <class T>
void add_rotated_back(const T* dy, const float* cos, const float* sin, int64_t half,
                      T* __restrict dx) {
  for (int64_t i = 0; i < half; ++i) {
    const float a = static_cast<float>(dy[i]), b = static_cast<float>(dy[i + half]);
    dx[i] = static_cast<T>(static_cast<float>(dx[i]) + a * cos[i] + b * sin[i]);
    dx[i + half] = static_cast<T>(static_cast<float>(dx[i + half]) + b * cos[i] - a * sin[i]);
  }
}

/// Calls body(offset, cos, sin) for every head of every token.
template <class Body>
void for_each_head(const RopeTable& table, const RopeShape& shape, Body&& body) {
  parallel_for(shape.B * shape.T, kTokenGrain, [&](int64_t begin, int64_t end) {
    for (int64_t token = begin; token < end; ++token) {
      const int64_t row = (shape.first + token % shape.T) * table.half;
      for (int64_t h = 0; h < shape.H; ++h) {
        body((token * shape.H + h) * shape.D, &table.cos[row], &table.sin[row]);
      }
    }
  });
}

}  // namespace

std::vector<double> rope_frequencies(int64_t D, double theta, const RopeScaling& scaling) {
  std::vector<double> frequencies(static_cast<size_t>(D / 2));
  for (int64_t i = 0; i < D / 2; ++i) {
    double& frequency = frequencies[i] = std::pow(theta, -2.0 * static_cast<double>(i) / D);
    if (scaling.type == RopeScaling::Type::linear) frequency /= scaling.factor;
    if (scaling.type == RopeScaling::Type::llama3) frequency = llama3_frequency(frequency, scaling);
  }
  return frequencies;
}

RopeTable make_rope_table(int64_t length, const std::vector<double>& frequencies) {
  RopeTable table{length, static_cast<int64_t>(frequencies.size()), {}, {}};
  table.cos.reserve(length * frequencies.size());
  table.sin.reserve(length * frequencies.size());
  for (int64_t position = 0; position < length; ++position) {
    for (const double frequency : frequencies) {
      const double angle = static_cast<double>(position) * frequency;
      table.cos.push_back(static_cast<float>(std::cos(angle)));
      table.sin.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  return table;
}

template <class T>
void rope_fwd(const T* x, const RopeTable& table, T* y, const RopeShape& shape) {
  for_each_head(table, shape, [&](int64_t offset, const float* cos, const float* sin) {
    rotate(x + offset, cos, sin, table.half, y + offset);
  });
}

template <class T>
void rope_bwd(const T* dy, const RopeTable& table, T* dx, const RopeShape& shape) {
  for_each_head(table, shape, [&](int64_t offset, const float* cos, const float* sin) {
    add_rotated_back(dy + offset, cos, sin, table.half, dx + offset);
  });
}

template void rope_fwd(const float*, const RopeTable&, float*, const RopeShape&);
template void rope_fwd(const bf16*, const RopeTable&, bf16*, const RopeShape&);
template void rope_bwd(const float*, const RopeTable&, float*, const RopeShape&);
template void rope_bwd(const bf16*, const RopeTable&, bf16*, const RopeShape&);

}  // namespace tern::kernels
