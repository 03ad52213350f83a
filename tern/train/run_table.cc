#include "tern/train/run_table.h"

#include <charconv>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/contract/table.h"

namespace tern {
namespace {

int64_t step_of(std::string_view row) {
  const std::string_view text = cell_at(row, 0);
  int64_t step = 0;
  std::from_chars(text.data(), text.data() + text.size(), step);
  return step;
}

/// The whole lines of a table but for ours beyond `last_step`.
std::string without_later_rows(const std::string& table, int64_t last_step,
                               const std::function<bool(std::string_view)>& ours) {
  const std::vector<std::string_view> lines = whole_lines(table);
  std::string kept(lines[0]);
  kept += '\n';
  for (size_t i = 1; i < lines.size(); ++i) {
    if (step_of(lines[i]) > last_step && (!ours || ours(lines[i]))) continue;
    kept.append(lines[i]).append("\n");
  }
  return kept;
}

}  // namespace

RunTable::RunTable(std::filesystem::path path, const std::string& header, int64_t resumed_step,
                   const std::function<bool(std::string_view)>& ours)
    : path_(std::move(path)) {
  if (!std::filesystem::exists(path_)) {
    write_file_atomically(path_, header);
    return;
  }
  const std::string text = read_file(path_);
  const std::optional<std::string> table = with_columns(text, header);
  check(table.has_value(), "{}: expected a table with the columns \"{}\"; move it away",
        path_.string(), cell_of(header));
  const std::string kept = without_later_rows(*table, resumed_step, ours);
  if (kept != text) write_file_atomically(path_, kept);
}

void RunTable::append(std::string_view rows, bool sync) const { append_file(path_, rows, sync); }

}  // namespace tern
