#include "tern/base/toml.h"

#include <algorithm>

#include "tern/base/error.h"

namespace tern {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view line_at(std::string_view text, size_t begin) {
  return text.substr(begin, text.find('\n', begin) - begin);
}

/// Where the line of `text` behind the one at `begin` starts.
size_t next_line(std::string_view text, size_t begin) {
  const size_t end = text.find('\n', begin);
  return end == std::string_view::npos ? text.size() : end + 1;
}

/// The place behind the line "[table]"; npos when there is none.
size_t table_begin(std::string_view text, std::string_view table) {
  const std::string header = fmt::format("[{}]", table);
  for (size_t line = 0; line < text.size(); line = next_line(text, line)) {
    if (line_at(text, line).starts_with(header)) return next_line(text, line);
  }
  return std::string_view::npos;
}

bool sets_key(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return false;
  line.remove_prefix(key.size());
  const size_t sign = line.find_first_not_of(kBlanks);
  return sign != std::string_view::npos && line[sign] == '=';
}

/// The length of the value that a line has at `begin`: up to its closing quote, or to the comment.
size_t value_length(std::string_view line, size_t begin) {
  size_t end = line.find('#', begin);
  if (line[begin] == '"' || line[begin] == '\'') {
    end = begin + 1;
    while (end < line.size() && line[end] != line[begin]) end += line[end] == '\\' ? 2 : 1;
    return std::min(end + 1, line.size()) - begin;
  }
  return line.find_last_not_of(kBlanks, end == std::string_view::npos ? end : end - 1) + 1 - begin;
}

/// Puts `value` where the key's line in the table has its own, or on a new line of the table.
void put(std::string& text, size_t table, std::string_view key, const std::string& value) {
  for (size_t begin = table; begin < text.size() && text[begin] != '[';
       begin = next_line(text, begin)) {
    const std::string_view line = line_at(text, begin);
    if (!sets_key(line, key)) continue;
    const size_t at = line.find_first_not_of(kBlanks, line.find('=') + 1);
    text.replace(begin + at, value_length(line, at), value);
    return;
  }
  text.insert(table, fmt::format("{} = {}\n", key, value));
}

}  // namespace

std::string set_toml_value(std::string text, std::string_view table, std::string_view key,
                           const Json& value, std::string_view source) {
  parse_toml(text, source);
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  if (table_begin(text, table) == std::string::npos) text += fmt::format("\n[{}]\n", table);
  // JSON's texts, numbers and booleans are TOML's too.
  put(text, table_begin(text, table), key, value.dump());

  const Json edited = parse_toml(text, source);
  check(edited.at(table).at(key).dump() == value.dump(),
        "{}: cannot set {}.{} in a file of this form; set it to {} by hand", source, table, key,
        value.dump());
  return text;
}

}  // namespace tern
