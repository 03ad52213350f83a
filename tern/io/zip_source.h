#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "tern/base/byte_source.h"

namespace tern {

/// One member of a zip archive, unpacked while it is read. `member` is its path in the archive or
/// the end of that path after a slash; empty means the only file there is. Throws an Error that
/// lists the members when none or several fit, and on reading when the data is damaged.
std::unique_ptr<ByteSource> open_zip_member(const std::filesystem::path& archive,
                                            std::string_view member = {});

}  // namespace tern
