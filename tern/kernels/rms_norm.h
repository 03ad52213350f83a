#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// y = x / rms(x) * gain with rms(x) = sqrt(mean(x^2) + epsilon), row by row (Zhang and Sennrich
/// 2019). x and y are (N, C), gain is (C) or null for none; inverse_rms (N) is kept for the
/// backward pass. In and Out are float or bf16.
template <class Out, class In = float>
void rms_norm_fwd(Matrix<const In> x, const float* gain, float epsilon, Matrix<Out> y,
                  float* inverse_rms);

/// Adds into dx (N, C) and dgain (C; null where nobody wants it) the gradients for dy (N, C). With
/// r = inverse_rms and h = x r:  dx += r (dy gain - h mean(dy gain h)),  dgain += sum over rows of
/// dy h. The rows of dgain are summed in a fixed order, whatever the thread count.
template <class Out, class In = float>
void rms_norm_bwd(Matrix<const Out> dy, Matrix<const In> x, const float* gain,
                  const float* inverse_rms, Matrix<In> dx, float* dgain);

}  // namespace tern::kernels
