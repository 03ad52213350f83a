#pragma once

#include <filesystem>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/contract/table.h"

namespace tern {

/// A row as parse_untrusted_row reads it; throws an Error that names the column.
template <HasFields Row>
Row parse_row(const Cells& header, const Cells& cells) {
  Row row;
  const std::string wrong = detail::read_row(header, cells, row);
  check(wrong.empty(), "{}", wrong);
  return row;
}

/// All rows of a file; a last line without its end is left out. Throws an Error that names the line
/// and the column.
template <HasFields Row>
std::vector<Row> read_table(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  const std::vector<std::string_view> lines = whole_lines(text);
  check(!lines.empty(), "{}: expected a table, found no line that has its end", path.string());
  const Cells header = cells_of(lines[0]);
  std::vector<Row> rows(lines.size() - 1);
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::string wrong = detail::read_row(header, cells_of(lines[i]), rows[i - 1]);
    check(wrong.empty(), "{}, line {}: {}", path.string(), i + 1, wrong);
  }
  return rows;
}

}  // namespace tern
