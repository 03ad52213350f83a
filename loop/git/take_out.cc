#include "loop/git/take_out.h"

#include <algorithm>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/table.h"
#include "tern/recipe/overrides.h"

namespace tern::loop {
namespace {

constexpr const char* kBegin = "// overrides begin";
constexpr const char* kEnd = "// overrides end";

/// The lines between the markers, trimmed.
std::vector<std::string> override_lines(const std::string& source) {
  const size_t begin = source.find('\n', source.find(kBegin)), end = source.find(kEnd);
  const std::string_view block = std::string_view(source).substr(begin + 1, end - begin - 1);
  std::vector<std::string> lines;
  for (const std::string_view line : whole_lines(block)) {
    const size_t first = line.find_first_not_of(" \t");
    if (first != line.npos) lines.emplace_back(line.substr(first));
  }
  return lines;
}

/// The member that a line gives a value.
std::string_view member_of(std::string_view line) { return line.substr(0, line.find(" =")); }

/// The line that gives this member a value; empty where none does.
std::string line_of(const std::vector<std::string>& lines, std::string_view member) {
  const auto found = std::ranges::find(lines, member, member_of);
  return found == lines.end() ? "" : *found;
}

/// Puts back what `after` made of the line for `member`. False where it is another one by now.
bool put_back(std::vector<std::string>& now, std::string_view member, const std::string& before,
              const std::string& after) {
  if (before == after) return true;
  if (line_of(now, member) != after) return false;
  const auto place = std::ranges::find(now, member, member_of);
  if (place == now.end()) {
    now.push_back(before);
  } else if (before.empty()) {
    now.erase(place);
  } else {
    *place = before;
  }
  return true;
}

std::optional<std::string> overrides_without(const std::string& now, const std::string& before,
                                             const std::string& after) {
  std::vector<std::string> lines = override_lines(now);
  const std::vector<std::string> old = override_lines(before), made = override_lines(after);
  for (const auto* side : {&made, &old}) {
    for (const std::string& line : *side) {
      const std::string member(member_of(line));
      const std::string was = line_of(old, member), became = line_of(made, member);
      if (side == &old && !became.empty()) continue;  // seen already
      if (!put_back(lines, member, was, became)) return std::nullopt;
    }
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// git's three-way merge by lines; empty where there is a conflict.
std::optional<std::string> merged(const std::string& ours, const std::string& base,
                                  const std::string& theirs) {
  const TemporaryFolder folder;
  const std::pair<const char*, const std::string*> files[] = {
      {"ours", &ours}, {"base", &base}, {"theirs", &theirs}};
  for (const auto& [name, text] : files) write_file_atomically(folder / name, *text);
  const CapturedRun run =
      capture_process({"git", "merge-file", "-p", "--quiet", (folder / "ours").string(),
                       (folder / "base").string(), (folder / "theirs").string()});
  constexpr int kMostConflicts = 127;
  check(run.exit_code <= kMostConflicts, "git merge-file failed: {}", run.output);
  return run.exit_code == 0 ? std::optional(run.output) : std::nullopt;
}

}  // namespace

std::optional<std::string> take_out(const std::string& now, const std::string& before,
                                    const std::string& after) {
  for (const std::string* text : {&now, &before, &after}) {
    if (!has_overrides(*text)) return merged(now, after, before);
  }
  const std::optional<std::string> lines = overrides_without(now, before, after);
  const std::optional<std::string> rest =
      merged(without_overrides(now), without_overrides(after), without_overrides(before));
  return lines && rest ? std::optional(with_overrides(*rest, *lines)) : std::nullopt;
}

}  // namespace tern::loop
