#pragma once

#include <cstdint>
#include <vector>

#include "tern/base/bf16.h"

namespace tern::kernels {

/// The `rope_scaling` of a config.json: how trained frequencies stretch to a longer context.
struct RopeScaling {
  enum class Type { none, linear, llama3 };

  Type type = Type::none;
  double factor = 1;
  // Of llama3 alone: wavelengths above original / low are stretched by `factor`, those below
  // original / high are kept, and those between are blended.
  double low_freq_factor = 1;
  double high_freq_factor = 4;
  int64_t original_max_position_embeddings = 8192;
};

/// Angular frequency of each of the D / 2 pairs: theta^(-2 i / D), scaled as Hugging Face's
/// modeling_rope_utils does.
std::vector<double> rope_frequencies(int64_t D, double theta, const RopeScaling& scaling = {});

/// Cosine and sine of position times frequency, (length, D / 2) each.
struct RopeTable {
  int64_t length = 0;
  int64_t half = 0;
  std::vector<float> cos, sin;
};
RopeTable make_rope_table(int64_t length, const std::vector<double>& frequencies);

/// Sizes of a contiguous (B, T, H, D) tensor. Its first token stands at position `first`, and the
/// table must be at least first + T long and D / 2 wide.
struct RopeShape {
  int64_t B = 0, T = 0, H = 0, D = 0;
  int64_t first = 0;
};

/// Rotates (x[i], x[i + D/2]) of every head by the angle of its position: rotary embedding (Su et
/// al. 2021) in the rotate-half convention of Hugging Face's Llama. y must not overlap x. T is
/// float or bf16.
template <class T>
void rope_fwd(const T* x, const RopeTable& table, T* y, const RopeShape& shape);

/// Adds into dx the gradient for dy: the inverse rotation.
template <class T>
void rope_bwd(const T* dy, const RopeTable& table, T* dx, const RopeShape& shape);

}  // namespace tern::kernels
