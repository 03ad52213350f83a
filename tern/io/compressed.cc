#include "tern/io/compressed.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

#include "tern/base/error.h"

namespace tern {
namespace {

/// A source of which the first bytes were already read.
class PeekedSource : public ByteSource {
 public:
  PeekedSource(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  size_t read(char* buffer, size_t capacity) override {
    if (used_ == head_.size()) return rest_->read(buffer, capacity);
    const size_t bytes = head_.copy(buffer, capacity, used_);
    used_ += bytes;
    return bytes;
  }
  const std::string& name() const override { return rest_->name(); }

 private:
  std::string head_;
  size_t used_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed)
      : packed_(std::move(packed)), input_(1 << 16) {
    constexpr int kGzipOnly = 16;  // added to the window size: see inflateInit2 in zlib.h
    check(inflateInit2(&stream_, MAX_WBITS + kGzipOnly) == Z_OK, "{}: cannot start zlib", name());
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  size_t read(char* buffer, size_t capacity) override {
    capacity = std::min<size_t>(capacity, 1 << 30);  // zlib counts in 32 bits
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(capacity);
    while (stream_.avail_out == capacity) {
      if (stream_.avail_in == 0 && !refill()) {
        check(member_ended_, "{}: the gzip data ends early; fetch the file again", name());
        return 0;
      }
      inflate_some();
    }
    return capacity - stream_.avail_out;
  }
  const std::string& name() const override { return packed_->name(); }

 private:
  bool refill() {
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(packed_->read(input_.data(), input_.size()));
    return stream_.avail_in > 0;
  }

  void inflate_some() {
    if (member_ended_) inflateReset(&stream_);  // more input after a member is another member
    const int status = inflate(&stream_, Z_NO_FLUSH);
    check(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR,
          "{}: the gzip data is damaged ({}); fetch the file again", name(),
          stream_.msg != nullptr ? stream_.msg : "no reason given");
    member_ended_ = status == Z_STREAM_END;
  }

  std::unique_ptr<ByteSource> packed_;
  std::vector<char> input_;
  z_stream stream_ = {};
  bool member_ended_ = false;
};

std::string read_head(ByteSource& source) {
  std::string head(kMagicBytes, '\0');
  size_t size = 0;
  while (size < head.size()) {
    const size_t bytes = source.read(head.data() + size, head.size() - size);
    if (bytes == 0) break;
    size += bytes;
  }
  head.resize(size);
  return head;
}

}  // namespace

Packing packing_of(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.starts_with("\x1f\x8b")) return Packing::gzip;
  if (head.starts_with("PK\3\4") || head.starts_with("PK\5\6")) return Packing::zip;
  if (head.starts_with("\xfd\x37zXZ\0"sv)) return Packing::xz;
  if (head.starts_with("\x28\xb5\x2f\xfd")) return Packing::zstd;
  // "BZh" may begin a text; with the block's magic number behind the level it does not.
  if (head.starts_with("BZh") && head.substr(4) == "1AY&SY") return Packing::bzip2;
  return Packing::none;
}

std::unique_ptr<ByteSource> decompress(std::unique_ptr<ByteSource> source) {
  static constexpr const char* kNames[] = {"plain", "gzip", "zip", "xz", "Zstandard", "bzip2"};
  std::string head = read_head(*source);
  const Packing packing = packing_of(head);
  check(packing == Packing::none || packing == Packing::gzip,
        "{}: expected plain text or gzip data in this stream, found {} data; unpack it first",
        source->name(), kNames[static_cast<size_t>(packing)]);
  auto whole = std::make_unique<PeekedSource>(std::move(head), std::move(source));
  if (packing == Packing::none) return whole;
  return std::make_unique<GzipSource>(std::move(whole));
}

}  // namespace tern
