#include "tern/train/run_table.h"

#include <charconv>

#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace {

int64_t step_of(std::string_view row) {
  const std::string_view text = RunTable::field(row, 0);
  int64_t step = 0;
  std::from_chars(text.data(), text.data() + text.size(), step);
  return step;
}

/// The whole lines of `rows` but for ours beyond `last_step`.
std::string without_later_rows(std::string_view rows, int64_t last_step,
                               const std::function<bool(std::string_view)>& ours) {
  std::string kept;
  for (size_t end = rows.find('\n'); end != rows.npos; end = rows.find('\n')) {
    const std::string_view row = rows.substr(0, end);
    if (step_of(row) <= last_step || (ours && !ours(row))) kept.append(row).append("\n");
    rows.remove_prefix(end + 1);
  }
  return kept;
}

}  // namespace

RunTable::RunTable(std::filesystem::path path, const std::string& header, int64_t resumed_step,
                   const std::function<bool(std::string_view)>& ours)
    : path_(std::move(path)) {
  const std::string first_line = header + "\n";
  if (!std::filesystem::exists(path_)) {
    write_file_atomically(path_, first_line);
    return;
  }
  const std::string text = read_file(path_);
  check(text.starts_with(first_line), "{}: expected a table with the columns \"{}\"; move it away",
        path_.string(), header);
  const std::string_view rows = std::string_view(text).substr(first_line.size());
  const std::string kept = first_line + without_later_rows(rows, resumed_step, ours);
  if (kept != text) write_file_atomically(path_, kept);
}

void RunTable::append(std::string_view rows, bool sync) const { append_file(path_, rows, sync); }

std::string_view RunTable::field(std::string_view row, int column) {
  for (; column > 0; --column) {
    const size_t tab = row.find('\t');
    if (tab == row.npos) return "";
    row.remove_prefix(tab + 1);
  }
  return row.substr(0, row.find('\t'));
}

}  // namespace tern
