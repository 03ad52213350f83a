#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "tern/base/byte_source.h"

namespace tern {

/// The lines of a stream, of which it holds one at a time.
class LineReader {
 public:
  /// A line longer than `max_bytes` comes in pieces that end between characters of UTF-8.
  LineReader(std::unique_ptr<ByteSource> source, size_t max_bytes)
      : source_(std::move(source)), max_bytes_(max_bytes) {}

  /// The next line with its "\n" (the last may lack it), valid until the next call; false at the
  /// end.
  bool next(std::string_view& line);
  const std::string& name() const { return source_->name(); }

 private:
  bool take(size_t size, std::string_view& line);
  bool refill();

  std::unique_ptr<ByteSource> source_;
  size_t max_bytes_;
  std::string buffer_;
  size_t begin_ = 0;  // of what was not handed out yet
  bool ended_ = false;
};

}  // namespace tern
