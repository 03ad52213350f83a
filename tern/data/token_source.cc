#include "tern/data/token_source.h"

#include "tern/base/error.h"

namespace tern {

Batch TextWindows::batch(int64_t position, int64_t B, int64_t T) {
  check(position >= 0 && B > 0 && T > 0,
        "expected position >= 0 and a batch of at least 1 x 1, found position {} and {} x {}",
        position, B, T);
  Batch batch;
  std::vector<int32_t> window(static_cast<size_t>(T) + 1);
  for (int64_t b = 0; b < B; ++b) {
    batch.windows.push_back(window_index(position + b, T));
    copy_window(position + b, window);
    batch.inputs.insert(batch.inputs.end(), window.begin(), window.end() - 1);
    batch.targets.insert(batch.targets.end(), window.begin() + 1, window.end());
  }
  return batch;
}

int64_t TextWindows::window_index(int64_t, int64_t) const { return -1; }

}  // namespace tern
