#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tern/quant/quantizer.h"

namespace tern::ref {

/// scale = max|w| / 127 (as stored), code = round(w / scale), of two equally near ones the even
/// one, and at most 127. Returns the quantized weights code * scale of one row.
template <class T>
std::vector<T> fake_quantize_int8_row(const std::vector<T>& row) {
  T largest = 0;
  for (const T w : row) largest = std::max<T>(largest, std::abs(w));
  const T scale = stored_scale(static_cast<float>(largest / 127));
  std::vector<T> out;
  for (const T w : row) {
    const T code = scale == 0 ? 0 : std::nearbyint(w / scale);
    out.push_back(std::min<T>(127, std::max<T>(-127, code)) * scale);
  }
  return out;
}

}  // namespace tern::ref
