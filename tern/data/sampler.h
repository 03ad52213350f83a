#pragma once

#include <cstdint>
#include <span>

#include "tern/data/token_file.h"
#include "tern/data/token_source.h"

namespace tern {

/// The windows of a token file, which begin at the multiples of T, in an order that is a function
/// of (seed, position) alone: each epoch visits every window once, shuffled anew. What is left
/// behind the last whole window is not used.
class ShuffledWindows : public TextWindows {
 public:
  ShuffledWindows(TokenFile file, uint64_t seed) : file_(std::move(file)), seed_(seed) {}

  /// Windows of T inputs in one epoch. Throws when the file is shorter than one, T + 1 tokens.
  int64_t windows_per_epoch(int64_t T) const;

 protected:
  void copy_window(int64_t position, std::span<int32_t> window) override;
  int64_t window_index(int64_t position, int64_t T) const override;

 private:
  TokenFile file_;
  uint64_t seed_;
};

}  // namespace tern
