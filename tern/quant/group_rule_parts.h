#pragma once

#include <cstdint>

#include "tern/knobs/registry.h"

// What a GroupRule is put together from: parts found by the values of its knobs. Each
// implementation registers itself in a .cc file of its own.

namespace tern {

/// A statistic of |w| over the n >= 1 weights of a group (knob `scale`).
using GroupScale = float (*)(const float* w, int64_t n);
Registry<GroupScale>& group_scales();

/// Chooses codes without a threshold, the same number of zeros in each `unit` consecutive weights;
/// empty for the threshold alone (knob `pattern`).
struct GroupPattern {
  void (*choose)(const float* w, int64_t n, int8_t* codes) = nullptr;
  int64_t unit = 0;
};
Registry<GroupPattern>& group_patterns();

/// The scale to store with these codes, which it may choose anew; null for the statistic itself
/// (knob `level`).
using GroupLevel = float (*)(const float* w, int64_t n, int8_t* codes);
Registry<GroupLevel>& group_levels();

/// Chooses codes at random from w / scale with the random numbers of `key`; null for nearest (knob
/// `rounding`).
using GroupRounding = void (*)(const float* w, int64_t n, float scale, uint64_t key, int8_t* codes);
Registry<GroupRounding>& group_roundings();

}  // namespace tern
