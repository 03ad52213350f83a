#pragma once

#include <cstdint>

#include "tern/base/bf16.h"
#include "tern/base/f16.h"

namespace tern::kernels {

/// to[i] = from[i] for n values, rounded to nearest even. From and To are float or bf16; f16 can
/// also be read into float.
template <class From, class To>
void cast(const From* from, To* to, int64_t n);

/// to[i] += from[i], summed in float. From and To are float or bf16.
template <class From, class To>
void add_cast(const From* from, To* to, int64_t n);

}  // namespace tern::kernels
