#include "tern/tensor/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "tern/base/error.h"

namespace tern {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kHugePage = size_t{2} << 20;

/// Sizes are rounded up to eighths of a power of two: few of them, so blocks are reused, and at
/// most an eighth of a block is wasted.
size_t rounded(size_t bytes) {
  const size_t size = std::max(bytes, kAlignment * 8);
  const size_t step = std::bit_floor(size) / 8;
  return (size + step - 1) / step * step;
}

void* take_from_system(size_t bytes) {
  const bool large = bytes >= kHugePage;
  void* block =
      ::operator new(bytes, std::align_val_t(large ? kHugePage : kAlignment), std::nothrow);
  check(block != nullptr, "out of memory: {:.2f} GB more were needed; use a smaller batch or model",
        static_cast<double>(bytes) / 1e9);
  if (large) ::madvise(block, bytes, MADV_HUGEPAGE);
  return block;
}

class Arena {
 public:
  void* take(size_t bytes) {
    const std::lock_guard lock(mutex_);
    statistics_.in_use += bytes;
    statistics_.peak = std::max(statistics_.peak, statistics_.in_use);
    std::vector<void*>& free = free_[bytes];
    if (!free.empty()) {
      void* block = free.back();
      free.pop_back();
      return block;
    }
    statistics_.reserved += bytes;
    return take_from_system(bytes);
  }

  void give(void* block, size_t bytes) {
    const std::lock_guard lock(mutex_);
    statistics_.in_use -= bytes;
    free_[bytes].push_back(block);
  }

  ArenaStatistics statistics() {
    const std::lock_guard lock(mutex_);
    return statistics_;
  }

  void reset_peak() {
    const std::lock_guard lock(mutex_);
    statistics_.peak = statistics_.in_use;
  }

 private:
  std::mutex mutex_;
  std::map<size_t, std::vector<void*>> free_;
  ArenaStatistics statistics_;
};

/// Never destroyed: tensors in static storage may outlive any static arena.
Arena& arena() {
  static Arena* const instance = new Arena;
  return *instance;
}

}  // namespace

std::shared_ptr<void> arena_allocate(size_t bytes) {
  const size_t size = rounded(bytes);
  return {arena().take(size), [size](void* block) { arena().give(block, size); }};
}

ArenaStatistics arena_statistics() { return arena().statistics(); }
void arena_reset_peak() { arena().reset_peak(); }

}  // namespace tern
