#pragma once

#include <algorithm>
#include <vector>

#include "tern/parallel/parallel.h"
#include "tern/quant/grouping.h"
#include "tern/quant/quantizer.h"

namespace tern {

namespace detail {

inline constexpr int64_t kRowGrain = 8;

/// effective = w + lambda (code scale - w).
template <class Out>
void mix(const float* w, int64_t n, const int8_t* codes, float scale, float lambda,
         Out* effective) {
  if (lambda == 1.0f) {
    for (int64_t i = 0; i < n; ++i) effective[i] = static_cast<Out>(scale * codes[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) {
      effective[i] = static_cast<Out>(w[i] + lambda * (scale * codes[i] - w[i]));
    }
  }
}

}  // namespace detail

/// Calls visit(first, n, codes, scale) for every group of w (rows, cols), where `first` is the
/// group's offset in w. Rows run in parallel; a group that spans the whole tensor is quantized on
/// one thread.
template <GroupQuantizer Quantizer, class Visit>
void for_each_group(const float* w, int64_t rows, int64_t cols, Grouping grouping,
                    const Quantizer& quantizer, Visit&& visit) {
  const int64_t span = grouping.whole_tensor() ? rows * cols : cols;
  const int64_t spans = grouping.whole_tensor() ? 1 : rows;
  const int64_t group = grouping.size > 0 ? grouping.size : span;
  parallel_for(spans, detail::kRowGrain, [&](int64_t begin, int64_t end) {
    std::vector<int8_t> codes(static_cast<size_t>(std::min(group, span)));
    for (int64_t s = begin; s < end; ++s) {
      for (int64_t g = 0; g < span; g += group) {
        const int64_t first = s * span + g;
        const int64_t n = std::min(group, span - g);
        const float scale = quantizer(w + first, n, codes.data());
        visit(first, n, codes.data(), scale);
      }
    }
  });
}

/// Fake quantization in one pass: effective = w + lambda (Q(w) - w), all (rows, cols), row-major.
/// Out is float or bf16. lambda 0 copies the weights, lambda 1 gives the quantized ones exactly.
template <GroupQuantizer Quantizer, class Out>
void fake_quantize_rows(const float* w, int64_t rows, int64_t cols, Grouping grouping,
                        const Quantizer& quantizer, float lambda, Out* effective) {
  for_each_group(w, rows, cols, grouping, quantizer,
                 [=](int64_t first, int64_t n, const int8_t* codes, float scale) {
                   detail::mix(w + first, n, codes, scale, lambda, effective + first);
                 });
}

}  // namespace tern
