#include "tern/sandbox/untrusted_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include "tern/base/error.h"
#include "tern/base/remove_tree.h"

namespace tern {

std::optional<std::string> read_untrusted(const std::filesystem::path& path, uint64_t most,
                                          uint64_t offset) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  struct stat info {};
  std::optional<std::string> out;
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
    const auto size = static_cast<uint64_t>(info.st_size);
    out.emplace(std::min(most, size - std::min(size, offset)), '\0');
    size_t done = 0;
    while (done < out->size()) {
      const ssize_t n =
          ::pread(fd, out->data() + done, out->size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      done += static_cast<size_t>(n);
    }
    out->resize(done);
  }
  ::close(fd);
  return out;
}

void replace_untrusted(const std::filesystem::path& path, std::string_view contents) {
  const std::filesystem::path unfinished = path.string() + ".new";
  remove_tree(unfinished);
  const int fd =
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  check(fd >= 0, "cannot write {}: {}", unfinished.string(), std::strerror(errno));
  bool written = true;
  while (written && !contents.empty()) {
    const ssize_t n = ::write(fd, contents.data(), contents.size());
    written = n >= 0 || errno == EINTR;
    if (n > 0) contents.remove_prefix(static_cast<size_t>(n));
  }
  const int error = errno;
  ::close(fd);
  check(written, "cannot write {}: {}", unfinished.string(), std::strerror(error));
  if (std::filesystem::is_directory(std::filesystem::symlink_status(path))) {
    remove_tree(path);
  }
  std::filesystem::rename(unfinished, path);
}

std::optional<double> untrusted_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace tern
