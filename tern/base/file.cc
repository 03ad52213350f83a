#include "tern/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "tern/base/error.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail_errno(const char* doing, const fs::path& path) {
  const int code = errno;
  const char* advice = code == ENOSPC ? "; free some space on this disk and try again" : "";
  fail("cannot {} {}: {}{}", doing, path.string(), std::strerror(code), advice);
}

/// Opens a plain file. What else may stand in its place is refused at once: nobody may ever write
/// into a pipe, and reading a device may do anything.
int open_to_read(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail_errno("open", path);
  struct stat info {};
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) return fd;
  ::close(fd);
  fail("cannot open {}: it is {}", path.string(),
       S_ISDIR(info.st_mode) ? "a folder" : "no plain file but a pipe, a socket or a device");
}

void write_all(int fd, const char* data, size_t bytes, const fs::path& path) {
  while (bytes > 0) {
    const ssize_t n = ::write(fd, data, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("write", path);
    data += n;
    bytes -= static_cast<size_t>(n);
  }
}

/// A rename is durable only once its folder is synced.
void sync_folder(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

constexpr size_t kBufferBytes = 1 << 20;

std::string temporary_prefix(const fs::path& path) { return path.filename().string() + ".tmp-"; }

/// Removes what processes that were killed while writing `path` have left beside it.
void remove_abandoned(const fs::path& path) {
  const std::string prefix = temporary_prefix(path);
  std::error_code ignored;
  for (const auto& entry :
       fs::directory_iterator(path.has_parent_path() ? path.parent_path() : ".", ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const auto writer = static_cast<pid_t>(std::atoi(name.c_str() + prefix.size()));
    if (writer > 0 && ::kill(writer, 0) != 0 && errno == ESRCH) fs::remove(entry.path(), ignored);
  }
}

}  // namespace

std::string read_file(const fs::path& path) {
  const int fd = open_to_read(path);
  std::string out;
  std::string chunk(kBufferBytes, '\0');
  for (;;) {
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      ::close(fd);
      fail_errno("read", path);
    }
    if (n == 0) break;
    out.append(chunk.data(), static_cast<size_t>(n));
  }
  ::close(fd);
  return out;
}

void write_file_atomically(const fs::path& path, std::string_view contents) {
  AtomicFile file(path);
  file.write(contents);
  file.commit();
}

void append_file(const fs::path& path, std::string_view contents, bool sync) {
  const bool made = sync && !fs::exists(path);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0644);
  if (fd < 0) fail_errno("open", path);
  try {
    write_all(fd, contents.data(), contents.size(), path);
    if (sync && ::fsync(fd) != 0 && errno != EINVAL) fail_errno("sync", path);
  } catch (...) {
    ::close(fd);
    throw;
  }
  ::close(fd);
  if (made) sync_folder(path);
}

MappedFile::MappedFile(const fs::path& path) : path_(path) {
  const int fd = open_to_read(path);
  struct stat info {};
  if (::fstat(fd, &info) == 0 && info.st_size > 0) {
    size_ = static_cast<size_t>(info.st_size);
    void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    data_ = data == MAP_FAILED ? nullptr : static_cast<const std::byte*>(data);
  }
  ::close(fd);
  if (size_ > 0 && data_ == nullptr) fail_errno("map", path);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  remove_abandoned(path_);
  temporary_ = path_.parent_path() / (temporary_prefix(path_) + std::to_string(::getpid()));
  fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0644);
  if (fd_ < 0) fail_errno("create", temporary_);
}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* data, size_t bytes) {
  size_ += bytes;
  if (buffer_.size() + bytes > kBufferBytes) flush();
  if (bytes >= kBufferBytes) {
    write_all(fd_, static_cast<const char*>(data), bytes, path_);
  } else {
    buffer_.append(static_cast<const char*>(data), bytes);
  }
}

void AtomicFile::write_at(uint64_t offset, const void* data, size_t bytes) {
  flush();
  const ssize_t n = ::pwrite(fd_, data, bytes, static_cast<off_t>(offset));
  if (n != static_cast<ssize_t>(bytes)) fail_errno("write", path_);
}

void AtomicFile::flush() {
  write_all(fd_, buffer_.data(), buffer_.size(), path_);
  buffer_.clear();
}

void AtomicFile::commit() {
  flush();
  if (::fsync(fd_) != 0) fail_errno("sync", path_);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_errno("replace", path_);
  ::close(fd_);
  fd_ = -1;
  sync_folder(path_);
}

}  // namespace tern
