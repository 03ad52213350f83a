#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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

/// Throws unless windows of `wanted` may stand behind those of the file.
void check_same_cache(const fs::path& path, const TeacherCacheInfo& wanted) {
  const TeacherCacheInfo found = parse_teacher_header(MappedFile(path).bytes(), path);
  check_same_teacher(path, found, wanted);
  check(found.feature_flags() == wanted.feature_flags(),
        "{}: this cache of the teacher was made with {}, and asked for is one with {}; make it "
        "anew with `{} --force`, or ask for the same features with `{}`",
        path.string(), found.feature_flags(), wanted.feature_flags(), wanted.command(),
        found.command());
  check(found.kept.temperatures == wanted.kept.temperatures,
        "{}: this cache of the teacher was made for other temperatures; make it anew with "
        "`{} --force`, or remove it",
        path.string(), wanted.command());
}

/// Whole records from the first on; what a machine that lost power left behind them does not count.
int64_t whole_windows(const fs::path& part, const TeacherCacheInfo& info) {
  const MappedFile map(part);
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

TeacherCacheWriter::TeacherCacheWriter(const fs::path& path, const TeacherCacheInfo& info,
                                       bool anew)
    : path_(path), part_(path.string() + ".part"), info_(info) {
  fs::create_directories(path.parent_path());
  if (!anew && fs::exists(path)) {
    check_same_cache(path, info);
    if (!fs::exists(part_)) fs::copy_file(path, part_);
  }
  fd_ = ::open(part_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  check_system(fd_ >= 0, "open", part_);
  try {
    check(::flock(fd_, LOCK_EX | LOCK_NB) == 0, "{}: another `tern teacher` is writing it",
          part_.string());
    if (anew) fs::remove(path);
    const bool begun = fs::file_size(part_) >= kTeacherHeaderBytes;
    begun && !anew ? resume() : start();
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
  check_same_cache(part_, info_);
  windows_ = whole_windows(part_, info_);
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
