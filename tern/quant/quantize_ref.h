#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "tern/quant/quantizer.h"

namespace tern::ref {

/// Scalar absmean in the words of the paper: scale = mean|w| (as stored), code =
/// round(clamp(w / scale, -1, 1)). Returns the quantized weights.
inline std::vector<float> absmean(const std::vector<float>& group) {
  double sum = 0;
  for (const float w : group) sum += std::abs(w);
  const float scale = stored_scale(static_cast<float>(sum / static_cast<double>(group.size())));
  std::vector<float> out;
  for (const float w : group) {
    const float clamped = std::fmax(-1.0f, std::fmin(1.0f, w / scale));
    out.push_back(scale == 0 ? 0.0f : std::nearbyint(clamped) * scale);
  }
  return out;
}

/// The same with scale = max|w|.
inline std::vector<float> absmax(const std::vector<float>& group) {
  float largest = 0;
  for (const float w : group) largest = std::fmax(largest, std::abs(w));
  const float scale = stored_scale(largest);
  std::vector<float> out;
  for (const float w : group) {
    out.push_back(
        scale == 0 ? 0.0f : std::nearbyint(std::fmax(-1.0f, std::fmin(1.0f, w / scale))) * scale);
  }
  return out;
}

}  // namespace tern::ref
