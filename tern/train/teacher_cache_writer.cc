#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "tern/base/error.h"
#include "tern/train/teacher_record.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

void check_system(bool success, const char* doing, const fs::path& path) {
  check(success, "cannot {} {}: {}{}", doing, path.string(), std::strerror(errno),
        errno == ENOSPC ? "; free some space on this disk and try again" : "");
}

void write_all(int fd, std::string_view data, const fs::path& path) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    check_system(n >= 0, "write", path);
    data.remove_prefix(static_cast<size_t>(n));
  }
}

/// Whole records from the first on; what a machine that lost power left behind them does not count.
/// Nothing when the file is of another cache.
std::optional<int64_t> whole_windows(const fs::path& part, const TeacherCacheInfo& info) {
  const MappedFile map(part);
  const std::string header = teacher_header(info);
  if (map.bytes().size() < header.size() ||
      std::memcmp(map.bytes().data(), header.data(), header.size()) != 0) {
    return std::nullopt;
  }
  const auto bytes = static_cast<size_t>(info.record_bytes());
  size_t at = kTeacherHeaderBytes;
  int64_t windows = 0;
  for (; at + bytes <= map.bytes().size() && is_whole(map.bytes().subspan(at, bytes));
       at += bytes) {
    ++windows;
  }
  return windows;
}

}  // namespace

TeacherCacheWriter::TeacherCacheWriter(const fs::path& path, const TeacherCacheInfo& info)
    : path_(path), part_(path.string() + ".part"), info_(info) {
  fs::create_directories(path.parent_path());
  if (fs::exists(path) && !fs::exists(part_)) fs::copy_file(path, part_);
  fd_ = ::open(part_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  check_system(fd_ >= 0, "open", part_);
  try {
    check(::flock(fd_, LOCK_EX | LOCK_NB) == 0, "{}: another `tern teacher` is writing it",
          part_.string());
    fs::file_size(part_) == 0 ? start() : resume();
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

TeacherCacheWriter::~TeacherCacheWriter() {
  if (fd_ >= 0) ::close(fd_);
}

void TeacherCacheWriter::start() {
  check_system(::ftruncate(fd_, 0) == 0, "empty", part_);
  write_all(fd_, teacher_header(info_), part_);
}

/// Goes on where an earlier writer of the same cache stopped.
void TeacherCacheWriter::resume() {
  const std::optional<int64_t> whole = whole_windows(part_, info_);
  if (!whole) return start();
  windows_ = *whole;
  const auto end = static_cast<off_t>(kTeacherHeaderBytes) + windows_ * info_.record_bytes();
  check_system(::ftruncate(fd_, end) == 0 && ::lseek(fd_, end, SEEK_SET) == end, "resume", part_);
}

void TeacherCacheWriter::append(const TeacherWindow& window) {
  const std::string record = pack_teacher_window(window, info_);
  check(std::ssize(record) == info_.record_bytes(),
        "a teacher's answer of {} bytes does not fit a cache with records of {}", record.size(),
        info_.record_bytes());
  write_all(fd_, record, part_);
  ++windows_;
}

void TeacherCacheWriter::sync() { check_system(::fsync(fd_) == 0, "sync", part_); }

void TeacherCacheWriter::commit() {
  sync();
  fs::rename(part_, path_);
  ::close(fd_);
  fd_ = -1;
}

}  // namespace tern
