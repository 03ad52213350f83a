#pragma once

#include <cstdint>
#include <span>

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

 protected:
  /// Copies the T + 1 tokens of one window.
  virtual void copy_window(int64_t position, std::span<int32_t> window) = 0;
};

}  // namespace tern
