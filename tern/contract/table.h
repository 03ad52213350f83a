#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tern/base/fields.h"
#include "tern/contract/fixed.h"

// The tab-separated form of a struct that names its fields (TERN_FIELDS): a header line with their
// names, and a line for each row. The form's version is its header: columns are only ever added at
// the end, as optional ones, so that an older table is read as one without them.

namespace tern {

using Cells = std::vector<std::string>;

/// A cell's text. Numbers have six digits where the field's type does not say otherwise; what an
/// optional lacks is empty. A text is printable, so that nothing in it ends the cell or the line,
/// and one that a spreadsheet would compute has an apostrophe before it, which makes it a text
/// there.
std::string cell_of(int64_t value);
std::string cell_of(double value);
std::string cell_of(const std::string& text);
std::string cell_of_fixed(double value, int decimals);
template <int decimals>
std::string cell_of(const Fixed<decimals>& value) {
  return cell_of_fixed(value, decimals);
}
template <class T>
std::string cell_of(const std::optional<T>& value) {
  return value ? cell_of(*value) : "";
}

/// Reads a cell; false where it holds no such value.
bool read_cell(const std::string& cell, int64_t& out);
bool read_cell(const std::string& cell, double& out);
bool read_cell(const std::string& cell, std::string& out);
template <int decimals>
bool read_cell(const std::string& cell, Fixed<decimals>& out) {
  return read_cell(cell, out.value);
}
template <class T>
bool read_cell(const std::string& cell, std::optional<T>& out) {
  out.reset();
  return cell.empty() || read_cell(cell, out.emplace());
}

/// The cells of a line without its end.
Cells cells_of(std::string_view line);
/// The lines of a table that have their end; one without it may be in the making, or torn.
std::vector<std::string_view> whole_lines(std::string_view text);
/// The cell at a place, from 0; empty where the line is shorter.
std::string_view cell_at(std::string_view line, size_t place);

/// The first line of a table of such rows, with its end.
template <HasFields Row>
std::string table_header() {
  std::string line;
  Row().fields([&](std::string_view name, const auto&) { line.append(name) += '\t'; });
  line.back() = '\n';
  return line;
}

/// A row's line, with its end.
template <HasFields Row>
std::string table_row(const Row& row) {
  std::string line;
  row.fields([&](std::string_view, const auto& field) { line.append(cell_of(field)) += '\t'; });
  line.back() = '\n';
  return line;
}

/// Where a field's column stands, from 0.
template <HasFields Row, class Field>
size_t column_of(Field Row::*member) {
  const Row row;
  const void* wanted = &(row.*member);
  size_t column = 0, place = 0;
  row.fields([&](std::string_view, const auto& field) {
    if (static_cast<const void*>(&field) == wanted) column = place;
    ++place;
  });
  return column;
}

namespace detail {
std::string wrong_cell(std::string_view name, const Cells& header, const std::string& cell);
const std::string& cell_under(std::string_view name, const Cells& header, const Cells& cells);

/// Fills `row`; returns why that failed, or "".
template <HasFields Row>
std::string read_row(const Cells& header, const Cells& cells, Row& row) {
  if (cells.size() > header.size()) {
    return fmt::format("expected {} cells, found {}", header.size(), cells.size());
  }
  std::string wrong;
  row.fields([&](std::string_view name, auto& field) {
    const std::string& cell = cell_under(name, header, cells);
    if (wrong.empty() && !read_cell(cell, field)) wrong = wrong_cell(name, header, cell);
  });
  return wrong;
}
}  // namespace detail

/// A row of an unread program by the names in the table's header; empty for one that is wrong.
/// Columns that are not known are left to newer readers; a cell that is missing is empty, which is
/// no number.
template <HasFields Row>
std::optional<Row> parse_untrusted_row(const Cells& header, const Cells& cells) {
  Row row;
  return detail::read_row(header, cells, row).empty() ? std::optional(std::move(row))
                                                      : std::nullopt;
}

/// A table with all columns of `header`: itself, or, where its own header is the beginning of this
/// one, an older Tern's with the other columns, empty. None for any other text.
std::optional<std::string> with_columns(const std::string& table, const std::string& header);

}  // namespace tern
