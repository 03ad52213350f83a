#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tern {

/// Training tokens as an endless row of windows. A window is T inputs and, one token on, T targets;
/// `position` counts windows from the start of training, so it is all that a resumed run needs.
class TokenSource {
 public:
  virtual ~TokenSource() = default;

  /// Copies the windows position .. position + B - 1 into `inputs` and `targets`, both [B, T].
  /// The same source gives the same position the same tokens. Throws on spans of another size.
  void fill(int64_t position, int64_t B, int64_t T, std::span<int32_t> inputs,
            std::span<int32_t> targets);

  /// Which windows of T tokens of their file the positions position .. position + B - 1 have: index
  /// i begins at token i T. -1 where there is no file to count in.
  std::vector<int64_t> windows(int64_t position, int64_t B, int64_t T) const;

 protected:
  /// Copies the T + 1 tokens of one window.
  virtual void copy_window(int64_t position, std::span<int32_t> window) = 0;
  /// The index of a position's window.
  virtual int64_t window_index(int64_t position, int64_t T) const;
};

}  // namespace tern
