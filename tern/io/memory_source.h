#pragma once

#include <algorithm>
#include <string>

#include "tern/base/byte_source.h"

namespace tern {

/// A text in memory as a stream, given out in pieces of at most `piece` bytes.
class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string text, std::string name = "memory", size_t piece = 1 << 16)
      : text_(std::move(text)), name_(std::move(name)), piece_(piece) {}

  size_t read(char* buffer, size_t capacity) override {
    const size_t bytes = text_.copy(buffer, std::min(capacity, piece_), used_);
    used_ += bytes;
    return bytes;
  }
  const std::string& name() const override { return name_; }

 private:
  std::string text_;
  std::string name_;
  size_t piece_;
  size_t used_ = 0;
};

}  // namespace tern
