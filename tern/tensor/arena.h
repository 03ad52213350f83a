#pragma once

#include <cstddef>
#include <memory>

namespace tern {

/// Bytes that tensors hold now, held at most, and that the arena has from the system.
struct ArenaStatistics {
  size_t in_use = 0;
  size_t peak = 0;
  size_t reserved = 0;
};

/// A block of memory, 64-byte aligned and uninitialised, that goes back to the arena when its last
/// handle is dropped. Blocks are kept and reused, because the first touch of a page costs more than
/// most kernels; large ones ask for huge pages. Thread-safe. Throws Error when memory is out.
std::shared_ptr<void> arena_allocate(size_t bytes);

ArenaStatistics arena_statistics();
/// Starts a new measurement of the peak at the present use.
void arena_reset_peak();

}  // namespace tern
