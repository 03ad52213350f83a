#include "tern/data/token_source.h"

#include <algorithm>

#include "tern/base/error.h"

namespace tern {

void TokenSource::fill(int64_t position, int64_t B, int64_t T, std::span<int32_t> inputs,
                       std::span<int32_t> targets) {
  check(position >= 0 && B > 0 && T > 0,
        "expected position >= 0 and a batch of at least 1 x 1, found position {} and {} x {}",
        position, B, T);
  check(std::ssize(inputs) == B * T && std::ssize(targets) == B * T,
        "expected room for {} inputs and targets, found {} and {}", B * T, inputs.size(),
        targets.size());
  std::vector<int32_t> window(static_cast<size_t>(T) + 1);
  for (int64_t b = 0; b < B; ++b) {
    copy_window(position + b, window);
    std::copy(window.begin(), window.end() - 1, inputs.begin() + b * T);
    std::copy(window.begin() + 1, window.end(), targets.begin() + b * T);
  }
}

std::vector<int64_t> TokenSource::windows(int64_t position, int64_t B, int64_t T) const {
  std::vector<int64_t> out;
  for (int64_t b = 0; b < B; ++b) out.push_back(window_index(position + b, T));
  return out;
}

int64_t TokenSource::window_index(int64_t, int64_t) const { return -1; }

}  // namespace tern
