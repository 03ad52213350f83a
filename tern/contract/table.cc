#include "tern/contract/table.h"

#include <algorithm>
#include <charconv>

#include "tern/base/printable.h"

namespace tern {
namespace {

template <class Number>
bool read_number(const std::string& cell, Number& out) {
  const char* const end = cell.data() + cell.size();
  const auto [stopped, error] = std::from_chars(cell.data(), end, out);
  return error == std::errc() && stopped == end;
}

/// Whether a spreadsheet would compute the text: it begins as a formula does, behind blanks too,
/// and is no number.
bool is_formula(const std::string& text) {
  const size_t first = std::min(text.find_first_not_of(' '), text.size());
  double number = 0;
  return first < text.size() &&
         std::string_view("=+-@").find(text[first]) != std::string_view::npos &&
         !read_number(text.substr(first + (text[first] == '+' ? 1 : 0)), number);
}

}  // namespace

std::string cell_of(int64_t value) { return std::to_string(value); }
std::string cell_of(double value) { return fmt::format("{:.6g}", value); }

std::string cell_of(const std::string& text) {
  const std::string cell = printable(text);
  return is_formula(cell) ? "'" + cell : cell;
}

std::string cell_of_fixed(double value, int decimals) {
  std::string cell = fmt::format("{:.{}f}", value, decimals);
  const bool zero = cell.find_first_not_of("-0.") == cell.npos;
  return zero && cell[0] == '-' ? cell.substr(1) : cell;
}

bool read_cell(const std::string& cell, int64_t& out) { return read_number(cell, out); }
bool read_cell(const std::string& cell, double& out) { return read_number(cell, out); }
bool read_cell(const std::string& cell, std::string& out) {
  out = cell;
  return true;
}

Cells cells_of(std::string_view line) {
  Cells cells;
  for (size_t begin = 0;;) {
    const size_t end = line.find('\t', begin);
    cells.emplace_back(line.substr(begin, end == line.npos ? line.npos : end - begin));
    if (end == line.npos) return cells;
    begin = end + 1;
  }
}

std::vector<std::string_view> whole_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    lines.push_back(text.substr(0, end));
  }
  return lines;
}

std::string_view cell_at(std::string_view line, size_t place) {
  for (; place > 0; --place) {
    const size_t tab = line.find('\t');
    if (tab == line.npos) return "";
    line.remove_prefix(tab + 1);
  }
  return line.substr(0, line.find('\t'));
}

const std::string& detail::cell_under(std::string_view name, const Cells& header,
                                      const Cells& cells) {
  static const std::string empty;
  const auto place = static_cast<size_t>(std::ranges::find(header, name) - header.begin());
  return place < cells.size() ? cells[place] : empty;
}

std::string detail::wrong_cell(std::string_view name, const Cells& header,
                               const std::string& cell) {
  if (std::ranges::find(header, name) == header.end()) {
    return fmt::format("expected a column {}, and the header has none", name);
  }
  return fmt::format("{}: expected a number, found \"{}\"", name, cell);
}

std::optional<std::string> with_columns(const std::string& table, const std::string& header) {
  const std::string first = table.substr(0, table.find('\n'));
  if (first + "\n" == header) return table;
  if (!header.starts_with(first + "\t")) return std::nullopt;
  const auto missing = std::count(header.begin() + std::ssize(first), header.end(), '\t');
  std::string wide = header;
  const std::vector<std::string_view> lines = whole_lines(table);
  for (size_t i = 1; i < lines.size(); ++i) {
    wide.append(lines[i]).append(static_cast<size_t>(missing), '\t').append("\n");
  }
  return wide;
}

}  // namespace tern
