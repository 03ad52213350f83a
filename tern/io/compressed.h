#pragma once

#include <memory>
#include <string_view>

#include "tern/base/byte_source.h"

namespace tern {

/// How a stream is packed, told by its first bytes and never by its name.
enum class Packing { none, gzip, zip, xz, zstd, bzip2 };

/// The first `kMagicBytes` bytes of a stream (fewer where it is shorter) are enough to tell.
inline constexpr size_t kMagicBytes = 10;
Packing packing_of(std::string_view head);

/// What `source` holds, unpacked while it is read: gzip (RFC 1952, several members in a row too),
/// or the bytes as they are. Throws for the packings that it cannot read from a stream, and on
/// reading when the compressed data is damaged or ends early.
std::unique_ptr<ByteSource> decompress(std::unique_ptr<ByteSource> source);

}  // namespace tern
