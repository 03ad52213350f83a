#pragma once

#include "tern/autograd/parameters.h"

namespace tern {

class Knobs;

/// Limits of the gradients of a step; 0 is none.
struct ClipOptions {
  float norm = 1.0f;   // of all of them together, see clip_factor()
  float value = 0.0f;  // of each, see clip_by_value(), which comes first

  void describe(Knobs& knobs);
  void check() const;
};

/// Cuts every gradient off at +-limit; 0 leaves them alone. Comes before gradient_norm(): the norm
/// that is clipped is that of gradients already clipped by value. Infinities and NaN stay, for
/// gradient_norm() to name them.
void clip_by_value(const Parameters& parameters, float limit);

/// Euclidean norm of all gradients together; the same bits for any thread count. Throws an Error
/// naming the first parameter whose gradient holds a NaN or an infinity.
double gradient_norm(const Parameters& parameters);

/// The factor that brings gradients of this norm down to `limit` (Pascanu et al. 2013): 1 when they
/// are below it or limit is 0, which turns clipping off.
inline float clip_factor(double norm, double limit) {
  return limit > 0 && norm > limit ? static_cast<float>(limit / norm) : 1.0f;
}

}  // namespace tern
