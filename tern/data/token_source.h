#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tern {

/// B sequences of T tokens: inputs and, one token on, targets (B T), and which windows of their
/// file they are (B): window i begins at token i T. -1 where there is no file to count in.
struct Batch {
  std::vector<int32_t> inputs, targets;
  std::vector<int64_t> windows;
};

/// Training tokens as an endless row of windows. A window is T inputs and, one token on, T targets;
/// `position` counts windows from the start of training, so it is all that a resumed run needs.
class TokenSource {
 public:
  virtual ~TokenSource() = default;

  /// The windows position .. position + B - 1. The same source gives the same position the same
  /// tokens.
  virtual Batch batch(int64_t position, int64_t B, int64_t T) = 0;
};

/// A source that has the text itself.
class TextWindows : public TokenSource {
 public:
  Batch batch(int64_t position, int64_t B, int64_t T) final;

 protected:
  /// Copies the T + 1 tokens of one window.
  virtual void copy_window(int64_t position, std::span<int32_t> window) = 0;
  /// The index of a position's window in its file.
  virtual int64_t window_index(int64_t position, int64_t T) const;
};

}  // namespace tern
