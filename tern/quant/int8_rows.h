#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tern/base/f16.h"

namespace tern {

/// A matrix as files hold it at 8 bits: codes -127 to 127 and one float16 scale a row, which is
/// max|row| / 127 (llama.cpp's Q8_0, a row being the block). A weight is code * scale. A row in
/// which one is NaN or infinite has a scale that is not finite, and all its weights become NaN.
struct Int8Rows {
  int64_t rows = 0, cols = 0;
  std::vector<int8_t> codes;  // (rows, cols)
  std::vector<f16> scales;    // (rows)
};

Int8Rows quantize_int8_rows(const float* w, int64_t rows, int64_t cols);

/// code * scale for every weight, (rows, cols).
void unpack_int8_rows(const Int8Rows& packed, float* weights);

/// Both at once: what unpack_int8_rows(quantize_int8_rows(w)) gives, bit for bit.
void fake_quantize_int8_rows(const float* w, int64_t rows, int64_t cols, float* quantized);

/// Throws unless the sizes agree, no code is -128 and every scale is finite and not negative.
void validate_int8_rows(const Int8Rows& packed, const std::string& name);

}  // namespace tern
