#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace tern {

/// The whole file. Throws when it cannot be read, or is no plain file.
std::string read_file(const std::filesystem::path& path);

/// Replaces `path` by a file with these contents: written aside, synced and renamed, so a reader
/// (or a machine that loses power) sees the old file or the new one and nothing between.
void write_file_atomically(const std::filesystem::path& path, std::string_view contents);

/// Appends to a file, which is made if missing. With `sync` the contents are on the disk when it
/// returns.
void append_file(const std::filesystem::path& path, std::string_view contents, bool sync = true);

/// Read-only map of a whole file, unmapped at the end of its life. Empty files map to nothing.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

/// A large file written piece by piece under a temporary name beside `path`. commit() syncs it and
/// renames it into place; without commit() it leaves nothing behind, and what a killed process has
/// left is removed by the next writer of the same file.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Overwrites bytes already written (a header whose numbers are known last).
  void write_at(uint64_t offset, const void* data, size_t bytes);
  uint64_t size() const { return size_; }
  void commit();

 private:
  void flush();

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::string buffer_;
  uint64_t size_ = 0;
  int fd_ = -1;
};

}  // namespace tern
