#include "tern/data/sampler.h"

#include "tern/base/error.h"
#include "tern/data/permutation.h"

namespace tern {

int64_t ShuffledWindows::windows_per_epoch(int64_t T) const {
  check(file_.size() > T,
        "{}: expected at least one window of {} tokens, found {}; prepare more text or train on "
        "shorter windows",
        file_.path().string(), T + 1, file_.size());
  return (file_.size() - 1) / T;
}

int64_t ShuffledWindows::window_index(int64_t position, int64_t T) const {
  const int64_t count = windows_per_epoch(T);
  const auto epoch = static_cast<uint64_t>(position / count);
  const KeyedPermutation order(static_cast<uint64_t>(count), mix64(mix64(seed_ + 1) + epoch));
  return static_cast<int64_t>(order(static_cast<uint64_t>(position % count)));
}

void ShuffledWindows::copy_window(int64_t position, std::span<int32_t> window) {
  const int64_t T = std::ssize(window) - 1;
  file_.copy(window_index(position, T) * T, window);
}

}  // namespace tern
