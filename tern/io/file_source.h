#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tern/base/byte_source.h"

namespace tern {

/// The text in a file, unpacked while it is read: plain, gzip or a member of a zip archive, told by
/// the first bytes. `path` is "-" for standard input, or `archive.zip!NAME` to choose a member by
/// the end of its path (see open_zip_member); a file of exactly that name goes first. Throws when
/// the file cannot be opened or is packed in another way.
std::unique_ptr<ByteSource> open_file_source(const std::string& path);

}  // namespace tern
