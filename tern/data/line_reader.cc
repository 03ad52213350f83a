#include "tern/data/line_reader.h"

namespace tern {
namespace {

constexpr size_t kChunkBytes = 1 << 16;

/// The largest end <= `size` < text.size() that is not within a character of UTF-8; in another
/// encoding, `size`.
size_t whole_characters(std::string_view text, size_t size) {
  const auto continues = [](char byte) { return (static_cast<unsigned char>(byte) >> 6) == 2; };
  for (size_t end = size; end > 0 && size - end < 4; --end) {
    if (!continues(text[end])) return end;
  }
  return size;
}

}  // namespace

bool LineReader::next(std::string_view& line) {
  size_t searched = 0;
  for (;;) {
    const std::string_view left = std::string_view(buffer_).substr(begin_);
    const size_t newline = left.find('\n', searched);
    if (newline < max_bytes_) return take(newline + 1, line);
    if (left.size() > max_bytes_) return take(whole_characters(left, max_bytes_), line);
    searched = left.size();
    if (!refill()) return take(searched, line);
  }
}

bool LineReader::take(size_t size, std::string_view& line) {
  line = std::string_view(buffer_).substr(begin_, size);
  begin_ += size;
  return size > 0;
}

bool LineReader::refill() {
  if (ended_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const size_t held = buffer_.size();
  buffer_.resize(held + kChunkBytes);
  const size_t bytes = source_->read(buffer_.data() + held, kChunkBytes);
  buffer_.resize(held + bytes);
  ended_ = bytes == 0;
  return !ended_;
}

}  // namespace tern
