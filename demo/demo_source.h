#pragma once

#include <cstdint>
#include <string>

#include "tern/data/text_source.h"

namespace tern {

/// The data seed of the figures that Tern publishes. Anybody can make its texts.
inline constexpr uint64_t kPublicDataSeed = 0;

/// The stories behind the text "demo": 4 MB to train on, a quarter of a megabyte each to score on.
/// Each use and each data seed has stories of its own, and those of one use do not tell what those
/// of another are.
std::string demo_text(TextUse use, uint64_t data_seed);

/// What the demo's full-precision model learns from: the same in all labs, which therefore share
/// the model, and independent of the texts that a lab scores on.
std::string demo_base_text();

}  // namespace tern
