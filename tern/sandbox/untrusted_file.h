#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tern/contract/table.h"

namespace tern {

/// At most `most` bytes from `offset` on of a file that an unread program wrote; empty when it is
/// no regular file (a link or a pipe could lead or hang the reader anywhere).
std::optional<std::string> read_untrusted(const std::filesystem::path& path, uint64_t most,
                                          uint64_t offset = 0);

/// Puts a file into a folder in which an unread program wrote, in the place of whatever has its
/// name there; no link is followed. To be called when the program has ended.
void replace_untrusted(const std::filesystem::path& path, std::string_view contents);

/// The rows of an untrusted table, at most `most_rows` of them. Rows that are wrong are left out,
/// as is a last line without its end, which may be in the making.
template <HasFields Row>
std::vector<Row> read_untrusted_rows(const std::filesystem::path& path, size_t most_rows,
                                     uint64_t most_bytes = 64 << 20) {
  std::vector<Row> rows;
  const std::string text = read_untrusted(path, most_bytes).value_or("");
  std::optional<Cells> header;
  for (const std::string_view line : whole_lines(text)) {
    if (!header) {
      header = cells_of(line);
    } else if (rows.size() < most_rows) {
      std::optional<Row> row = parse_untrusted_row<Row>(*header, cells_of(line));
      if (row) rows.push_back(std::move(*row));
    }
  }
  return rows;
}

/// A finite number, or empty.
std::optional<double> untrusted_number(const std::string& text);

}  // namespace tern
