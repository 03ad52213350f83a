#pragma once

#include <algorithm>
#include <vector>

#include "tern/parallel/parallel.h"
#include "tern/quant/grouping.h"
#include "tern/quant/quantizer.h"

namespace tern {

namespace detail {

inline constexpr int64_t kRowGrain = 8;

/// effective = w + lambda (code scale + shift - w), n of each.
template <class Out>
void mix(const float* w, int64_t n, const int8_t* codes, float scale, float shift, float lambda,
         Out* effective) {
  if (lambda == 1.0f) {
    for (int64_t i = 0; i < n; ++i) effective[i] = static_cast<Out>(scale * codes[i] + shift);
  } else {
    for (int64_t i = 0; i < n; ++i) {
      effective[i] = static_cast<Out>(w[i] + lambda * (scale * codes[i] + shift - w[i]));
    }
  }
}

}  // namespace detail

/// Where a group of a (rows, cols) matrix lies: n weights from the offset `first`, and the index of
/// its scale.
struct GroupPlace {
  int64_t first, n, group;
};

/// Calls visit(place) for every part of a group that lies in one row: for the groups themselves,
/// and for the rows of a group that spans the whole tensor. Rows run in parallel, each range of
/// them with a copy of `visit`, which may therefore hold a buffer.
template <class Visit>
void for_each_row_part(int64_t rows, int64_t cols, Grouping grouping, const Visit& visit) {
  const int64_t size = grouping.size > 0 ? grouping.size : cols;
  parallel_for(rows, detail::kRowGrain, [&](int64_t begin, int64_t end) {
    Visit own = visit;
    int64_t group = grouping.whole_tensor() ? 0 : begin * grouping.groups_per_row(cols);
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t first = 0; first < cols; first += size) {
        own(GroupPlace{row * cols + first, std::min(size, cols - first), group});
        if (!grouping.whole_tensor()) ++group;
      }
    }
  });
}

/// Calls visit(place) for every group, as for_each_row_part does; one that spans the whole tensor
/// is a single call, on the calling thread.
template <class Visit>
void for_each_place(int64_t rows, int64_t cols, Grouping grouping, const Visit& visit) {
  if (!grouping.whole_tensor()) return for_each_row_part(rows, cols, grouping, visit);
  Visit own = visit;
  own(GroupPlace{0, rows * cols, 0});
}

/// Calls visit(place, codes, scale) for every group of w (rows, cols).
template <GroupQuantizer Quantizer, class Visit>
void for_each_group(const float* w, int64_t rows, int64_t cols, Grouping grouping,
                    const Quantizer& quantizer, Visit&& visit) {
  for_each_place(rows, cols, grouping,
                 [&, codes = std::vector<int8_t>()](const GroupPlace& at) mutable {
                   if (std::ssize(codes) < at.n) codes.resize(static_cast<size_t>(at.n));
                   if constexpr (requires { quantizer(w, at.n, at.group, codes.data()); }) {
                     visit(at, codes.data(), quantizer(w + at.first, at.n, at.group, codes.data()));
                   } else {
                     visit(at, codes.data(), quantizer(w + at.first, at.n, codes.data()));
                   }
                 });
}

/// Fake quantization in one pass: effective = w + lambda (Q(w) - w), all (rows, cols), row-major.
/// Out is float or bf16. lambda 0 copies the weights, lambda 1 gives the quantized ones exactly.
template <GroupQuantizer Quantizer, class Out>
void fake_quantize_rows(const float* w, int64_t rows, int64_t cols, Grouping grouping,
                        const Quantizer& quantizer, float lambda, Out* effective) {
  for_each_group(w, rows, cols, grouping, quantizer,
                 [=](const GroupPlace& at, const int8_t* codes, float scale) {
                   detail::mix(w + at.first, at.n, codes, scale, 0.0f, lambda,
                               effective + at.first);
                 });
}

}  // namespace tern
