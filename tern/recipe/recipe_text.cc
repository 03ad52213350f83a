#include "tern/recipe/recipe_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <sstream>

#include "tern/base/error.h"
#include "tern/base/flags.h"

namespace tern {
namespace {

constexpr std::string_view kTypes[] = {"bool",  "int",    "int64_t",    "uint64_t",
                                       "float", "double", "std::string"};

/// Where a field's default stands in the text.
struct Found {
  RecipeField field;
  size_t begin = 0, end = 0;  // of the default, without its semicolon
};

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// The place of the semicolon that ends a declaration, which may hold one in a string.
size_t end_of_declaration(std::string_view line) {
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && quoted) {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ';' && !quoted) {
      return i;
    }
  }
  return std::string_view::npos;
}

std::string unquoted(std::string_view literal) {
  std::string out;
  for (size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] == '\\') ++i;
    out += literal[i];
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// A default as a flag gives it.
std::string value_of(std::string_view type, std::string_view literal) {
  if (type == "std::string") return unquoted(literal);
  if (type == "float" && literal.ends_with('f')) literal.remove_suffix(1);
  return std::string(literal);
}

std::vector<std::string> values_to_try(std::string_view comment) {
  constexpr std::string_view kMark = "try:";
  const size_t mark = comment.find(kMark);
  if (mark == std::string_view::npos) return {};
  std::istringstream words{std::string(comment.substr(mark + kMark.size()))};
  std::vector<std::string> values;
  for (std::string word; words >> word;) values.push_back(word);
  return values;
}

/// Reads one line of the struct, which begins at `offset` in the text; false when it is no field.
bool read_field(std::string_view line, size_t offset, Found& found) {
  const size_t end = end_of_declaration(line);
  const size_t equals = line.find(" = ");
  if (end == std::string_view::npos || equals > end) return false;
  const std::string_view declared = trimmed(line.substr(0, equals));
  const size_t blank = declared.find(' ');
  if (blank == std::string_view::npos) return false;
  const std::string_view type = declared.substr(0, blank);
  if (std::ranges::find(kTypes, type) == std::end(kTypes)) return false;
  const size_t begin = equals + 3;
  found.field.type = type;
  found.field.name = trimmed(declared.substr(blank));
  found.field.value = value_of(type, line.substr(begin, end - begin));
  found.field.values = values_to_try(line.substr(end));
  found.begin = offset + begin;
  found.end = offset + end;
  return true;
}

std::vector<Found> find_fields(std::string_view source) {
  const size_t start = source.find("struct Recipe {");
  const size_t stop = start == std::string_view::npos ? start : source.find("\n};", start);
  check(stop != std::string_view::npos, "train.cpp has no `struct Recipe {{ ... }};`");
  std::vector<Found> fields;
  std::string_view above;  // the line before, where it is a comment
  for (size_t line = start; line < stop;) {
    const size_t end = source.find('\n', line);
    const std::string_view text = source.substr(line, end - line);
    if (Found found; read_field(text, line, found)) {
      if (found.field.values.empty()) found.field.values = values_to_try(above);
      fields.push_back(found);
    }
    above = trimmed(text).starts_with("//") ? text : std::string_view();
    line = end + 1;
  }
  return fields;
}

template <class T>
bool is_a(std::string_view value) {
  T number{};
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size();
}

bool fits(std::string_view type, std::string_view value) {
  if (type == "bool") return value == "true" || value == "false";
  if (type == "int") return is_a<int>(value);
  if (type == "int64_t") return is_a<int64_t>(value);
  if (type == "uint64_t") return is_a<uint64_t>(value);
  if (type == "float" || type == "double") {
    return is_a<double>(value) && value.find_first_not_of("+-.eE0123456789") == value.npos;
  }
  return value.find_first_of("\n\r\t") == value.npos;
}

/// A value as C++ writes it.
std::string literal_of(std::string_view type, std::string_view value) {
  if (type == "std::string") return quoted(value);
  std::string literal(value);
  if (type != "float") return literal;
  if (literal.find_first_of(".eE") == std::string::npos) literal += ".0";
  return literal + 'f';
}

/// Replaces [begin, end) and lets the comment behind it keep its column where there is room.
std::string replaced(std::string source, size_t begin, size_t end, const std::string& literal) {
  const size_t gap = end + 1;  // behind the semicolon
  const size_t comment = source.find_first_not_of(' ', gap);
  if (comment != std::string::npos && source.compare(comment, 2, "//") == 0) {
    const size_t room = comment - begin;
    const size_t taken = literal.size() + 1;
    source.replace(gap, comment - gap, std::string(room > taken + 2 ? room - taken : 2, ' '));
  }
  return source.replace(begin, end - begin, literal);
}

}  // namespace

std::vector<RecipeField> recipe_fields(std::string_view source) {
  std::vector<RecipeField> fields;
  for (Found& found : find_fields(source)) fields.push_back(std::move(found.field));
  return fields;
}

std::string set_recipe_default(std::string source, std::string_view field, std::string_view value) {
  std::vector<std::string> names;
  for (const Found& found : find_fields(source)) {
    const auto& [name, type, old_value, values] = found.field;
    if (name == field) {
      check(fits(type, value), "the recipe's {} is a {}, and \"{}\" is none", name, type, value);
      return replaced(std::move(source), found.begin, found.end, literal_of(type, value));
    }
    names.push_back(name);
  }
  const std::string near = nearest(field, names);
  fail("the recipe has no field {}{}", field, near.empty() ? "" : "; did you mean " + near + "?");
}

}  // namespace tern
