#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "tern/base/file.h"

namespace tern {

/// What a token file says of itself.
struct TokenFileInfo {
  int64_t tokens = 0;
  int64_t documents = 0;
  int64_t vocab_size = 0;
  int bytes_per_token = 0;  // 2 for vocabularies up to 65,536 entries, else 4
  std::string tokenizer_sha256;
};

/// Writes a token file: a header of 128 bytes (see token_file.cc), then the token ids as unsigned
/// little-endian integers. Without commit() the file that was there before stays as it was.
class TokenFileWriter {
 public:
  /// `tokenizer_sha256` in hexadecimal (64 digits).
  TokenFileWriter(const std::filesystem::path& path, int64_t vocab_size,
                  std::string tokenizer_sha256);

  /// Appends one document. Throws when an id lies outside [0, vocab_size).
  void append(std::span<const int32_t> document);
  /// Completes the header, syncs the file and moves it into place.
  void commit();
  const TokenFileInfo& info() const { return info_; }

 private:
  std::string path_;
  AtomicFile file_;
  TokenFileInfo info_;
};

/// A memory-mapped token file.
class TokenFile {
 public:
  /// Checks every field of the header against the file's size before anything is read.
  explicit TokenFile(const std::filesystem::path& path);

  const TokenFileInfo& info() const { return info_; }
  const std::filesystem::path& path() const { return map_->path(); }
  int64_t size() const { return info_.tokens; }
  /// Copies tokens [begin, begin + out.size()). Throws when they reach beyond the file, or when a
  /// damaged file holds an id outside the vocabulary.
  void copy(int64_t begin, std::span<int32_t> out) const;

 private:
  std::unique_ptr<MappedFile> map_;
  TokenFileInfo info_;
};

}  // namespace tern
