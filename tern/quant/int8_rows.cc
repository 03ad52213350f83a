#include "tern/quant/int8_rows.h"

#include <algorithm>
#include <cmath>

#include "tern/base/error.h"
#include "tern/parallel/parallel.h"
#include "tern/quant/absmax.h"
#include "tern/quant/quantizer.h"

namespace tern {
namespace {

constexpr int64_t kRowGrain = 16;
constexpr float kLargest = 127;

/// NaN when a weight is.
float row_scale(const float* row, int64_t n) { return stored_scale(absmax(row, n) / kLargest); }

/// The code, still a float. Rounding the scale to float16 can put the largest weight beyond the
/// last code. A NaN gets code 0, for no integer stands for it: it is the row's scale that keeps it.
float code_of(float w, float inverse) {
  const float code = std::clamp(std::rint(w * inverse), -kLargest, kLargest);
  return std::isnan(code) ? 0.0f : code;
}

float inverse_of(float scale) { return scale > 0 ? 1 / scale : 0; }

}  // namespace

Int8Rows quantize_int8_rows(const float* w, int64_t rows, int64_t cols) {
  Int8Rows packed{rows, cols, {}, {}};
  packed.codes.resize(static_cast<size_t>(rows * cols));
  packed.scales.resize(static_cast<size_t>(rows));
  parallel_for(rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float scale = row_scale(w + r * cols, cols), inverse = inverse_of(scale);
      packed.scales[r] = f16(scale);
      for (int64_t i = r * cols; i < (r + 1) * cols; ++i) {
        packed.codes[i] = static_cast<int8_t>(code_of(w[i], inverse));
      }
    }
  });
  return packed;
}

void unpack_int8_rows(const Int8Rows& packed, float* weights) {
  parallel_for(packed.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float scale = static_cast<float>(packed.scales[r]);
      for (int64_t i = r * packed.cols; i < (r + 1) * packed.cols; ++i) {
        weights[i] = static_cast<float>(packed.codes[i]) * scale;
      }
    }
  });
}

void fake_quantize_int8_rows(const float* w, int64_t rows, int64_t cols, float* quantized) {
  parallel_for(rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float scale = row_scale(w + r * cols, cols), inverse = inverse_of(scale);
      for (int64_t i = r * cols; i < (r + 1) * cols; ++i) {
        quantized[i] = code_of(w[i], inverse) * scale;
      }
    }
  });
}

void validate_int8_rows(const Int8Rows& packed, const std::string& name) {
  check(static_cast<int64_t>(packed.codes.size()) == packed.rows * packed.cols &&
            static_cast<int64_t>(packed.scales.size()) == packed.rows,
        "{}: {} codes and {} scales do not make a ({}, {}) matrix at 8 bits", name,
        packed.codes.size(), packed.scales.size(), packed.rows, packed.cols);
  for (size_t i = 0; i < packed.codes.size(); ++i) {
    check(packed.codes[i] >= -127, "{}: code {} is -128; codes are -127 to 127", name, i);
  }
  for (size_t r = 0; r < packed.scales.size(); ++r) {
    const float scale = static_cast<float>(packed.scales[r]);
    check(std::isfinite(scale) && scale >= 0,
          "{}: scale {} is {}, not a finite number of 0 or more", name, r, scale);
  }
}

}  // namespace tern
