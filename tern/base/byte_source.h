#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace tern {

/// A stream of bytes read once from front to back: a file, a decompressed archive member, a
/// download, standard input.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills up to `capacity` bytes and returns how many; 0 means the end. Throws Error on failure.
  virtual size_t read(char* buffer, size_t capacity) = 0;
  /// How errors and progress name this source (a path or a URL).
  virtual const std::string& name() const = 0;
};

/// All bytes that are left in `source`.
std::string read_all(ByteSource& source);

}  // namespace tern
