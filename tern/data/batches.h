#pragma once

#include <cstdint>
#include <memory>

#include "tern/data/token_source.h"

namespace tern {

/// Batches one after another. `position`, the sequences read so far, is all that a checkpoint
/// needs.
struct Batches {
  std::unique_ptr<TokenSource> source;
  int64_t B = 1, T = 1;
  int64_t position = 0;

  Batch next() {
    Batch batch = source->batch(position, B, T);
    position += B;
    return batch;
  }
};

}  // namespace tern
