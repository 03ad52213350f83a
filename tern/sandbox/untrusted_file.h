#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern {

/// At most `most` bytes from `offset` on of a file that an unread program wrote; empty when it is
/// no regular file (a link or a pipe could lead or hang the reader anywhere).
std::optional<std::string> read_untrusted(const std::filesystem::path& path, uint64_t most,
                                          uint64_t offset = 0);

/// Puts a file into a folder in which an unread program wrote, in the place of whatever has its
/// name there; no link is followed. To be called when the program has ended.
void replace_untrusted(const std::filesystem::path& path, std::string_view contents);

/// Rows of an untrusted tab-separated file: texts by the header's column names, at most `most_rows`
/// of them. Lines that do not have the header's number of columns are left out, as is a last line
/// without its end, which may be in the making.
std::vector<std::map<std::string, std::string>> read_untrusted_table(
    const std::filesystem::path& path, size_t most_rows, uint64_t most_bytes = 64 << 20);

/// A finite number, or empty.
std::optional<double> untrusted_number(const std::string& text);

}  // namespace tern
