#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tern/data/token_source.h"

namespace tern {

/// B sequences of T tokens: inputs and, one token on, targets (B T), and which windows of their
/// file they are (B; see TokenSource::windows).
struct Batch {
  std::vector<int32_t> inputs, targets;
  std::vector<int64_t> windows;
};

/// Batches one after another. `position`, the sequences read so far, is all that a checkpoint
/// needs.
struct Batches {
  std::unique_ptr<TokenSource> source;
  int64_t B = 1, T = 1;
  int64_t position = 0;

  Batch next() {
    Batch batch{std::vector<int32_t>(B * T), std::vector<int32_t>(B * T),
                source->windows(position, B, T)};
    source->fill(position, B, T, batch.inputs, batch.targets);
    position += B;
    return batch;
  }
};

}  // namespace tern
