#include "loop/bench/compiler_log.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <string_view>

#include "tern/base/printable.h"
#include "tern/base/process.h"

namespace tern::loop {
namespace {

constexpr size_t kLongestLine = 300;

constexpr std::array<std::string_view, 3> kErrors = {
    ": error: ", ": fatal error: ", ": internal compiler error: "};
/// What GNU ld says without the word.
constexpr std::array<std::string_view, 3> kLinkErrors = {
    ": undefined reference to ", ": multiple definition of ", ": cannot find "};
/// What a driver adds when its linker has already said why.
constexpr std::array<std::string_view, 2> kSummaries = {": error: ld returned ",
                                                        ": error: linker command failed "};

bool holds_one_of(std::string_view line, const auto& marks) {
  return std::ranges::any_of(marks,
                             [&](std::string_view mark) { return line.find(mark) != line.npos; });
}

/// Whether this stands in front of an error: "train.cpp:12:3", or a program's name. A line of
/// source that is quoted below a warning may hold any words, but begins otherwise.
bool is_place(std::string_view text) {
  if (text.empty() || std::isspace(static_cast<unsigned char>(text[0])) != 0) return false;
  const size_t digits = text.find_last_not_of("0123456789");
  const bool numbered = digits + 1 < text.size() && digits != text.npos && text[digits] == ':';
  return numbered || text.find_first_of(" \"'(") == text.npos;
}

bool is_error(std::string_view line) {
  if (holds_one_of(line, kSummaries)) return false;
  return holds_one_of(line, kLinkErrors) ||
         std::ranges::any_of(kErrors, [&](std::string_view mark) {
           const size_t at = line.find(mark);
           return at != line.npos && is_place(line.substr(0, at));
         });
}

std::string without_folders(const std::string& line) {
  const size_t slash = line.rfind('/', line.find(':'));
  return slash == line.npos ? line : line.substr(slash + 1);
}

}  // namespace

std::string first_diagnostic(const std::string& log) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (is_error(line)) return printable(without_folders(line).substr(0, kLongestLine));
  }
  return last_line(log);
}

}  // namespace tern::loop
