#include "tern/io/file_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "tern/base/error.h"
#include "tern/io/compressed.h"
#include "tern/io/zip_source.h"

namespace tern {
namespace {

/// The raw bytes of a file descriptor, which it closes.
class DescriptorSource : public ByteSource {
 public:
  DescriptorSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {
    check(fd_ >= 0, "cannot open {}: {}", name_, std::strerror(errno));
  }
  ~DescriptorSource() override { ::close(fd_); }

  size_t read(char* buffer, size_t capacity) override {
    ssize_t bytes = 0;
    do {
      bytes = ::read(fd_, buffer, capacity);
    } while (bytes < 0 && errno == EINTR);
    check(bytes >= 0, "cannot read {}: {}", name_, std::strerror(errno));
    return static_cast<size_t>(bytes);
  }
  const std::string& name() const override { return name_; }

 private:
  int fd_;
  std::string name_;
};

std::unique_ptr<DescriptorSource> open_raw(const std::string& path) {
  if (path == "-") return std::make_unique<DescriptorSource>(::dup(STDIN_FILENO), "standard input");
  return std::make_unique<DescriptorSource>(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path);
}

bool is_zip(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return false;  // a pipe gives its bytes only once
  std::string head(kMagicBytes, '\0');
  head.resize(open_raw(path)->read(head.data(), head.size()));
  return packing_of(head) == Packing::zip;
}

}  // namespace

std::unique_ptr<ByteSource> open_file_source(const std::string& path) {
  const size_t mark = path.rfind('!');
  if (mark != std::string::npos && !std::filesystem::exists(path)) {
    return open_zip_member(path.substr(0, mark), path.substr(mark + 1));
  }
  if (is_zip(path)) return open_zip_member(path);
  return decompress(open_raw(path));
}

}  // namespace tern
