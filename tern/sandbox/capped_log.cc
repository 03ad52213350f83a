#include "tern/sandbox/capped_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "tern/base/error.h"

namespace tern {

CappedLog::CappedLog(std::filesystem::path path, int64_t limit) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  check(file_ >= 0, "cannot write the log {}: {}", path_.string(), std::strerror(errno));
  tail_size_ = static_cast<size_t>(limit / 2);
  head_left_ =
      limit > 0 ? static_cast<size_t>(limit) - tail_size_ : std::numeric_limits<size_t>::max();
}

CappedLog::~CappedLog() { ::close(file_); }

void CappedLog::append(std::string_view text) {
  const size_t head = std::min(head_left_, text.size());
  write(text.substr(0, head));
  head_left_ -= head;
  tail_.append(text.substr(head));
  // Cut rarely: each cut moves what is kept.
  if (tail_.size() > 2 * tail_size_ + 65536) {
    const size_t cut = tail_.size() - tail_size_;
    tail_.erase(0, cut);
    left_out_ += static_cast<int64_t>(cut);
  }
}

void CappedLog::finish() {
  if (tail_.size() > tail_size_) {
    const size_t cut = tail_.size() - tail_size_;
    left_out_ += static_cast<int64_t>(cut);
    tail_.erase(0, cut);
  }
  if (left_out_ > 0) write(fmt::format("\n[{} bytes of output were left out here]\n", left_out_));
  write(tail_);
  tail_.clear();
  left_out_ = 0;
  check(error_ == 0, "cannot write the log {}: {}", path_.string(), std::strerror(error_));
}

void CappedLog::write(std::string_view text) {
  while (!text.empty() && error_ == 0) {
    const ssize_t n = ::write(file_, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<size_t>(n));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
}

}  // namespace tern
