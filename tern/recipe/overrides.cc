#include "tern/recipe/overrides.h"

#include <algorithm>

#include "tern/base/error.h"

namespace tern {
namespace {

constexpr std::string_view kBegin = "// overrides begin", kEnd = "// overrides end";

/// A line of a text: its place, with its end.
struct Line {
  size_t begin = 0, end = 0;
};

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

/// The first line from `from` on whose text begins so; an empty one at the end where there is none.
Line find_line(std::string_view source, size_t from, std::string_view text) {
  while (from < source.size()) {
    const size_t end = std::min(source.find('\n', from), source.size() - 1) + 1;
    if (trimmed(source.substr(from, end - from)).starts_with(text)) return {from, end};
    from = end;
  }
  return {source.size(), source.size()};
}

/// The lines between the markers.
struct Section {
  Line begin, end;
  bool found() const { return begin.end > begin.begin && end.end > end.begin; }
};

Section find_section(std::string_view source) {
  Section section;
  section.begin = find_line(source, 0, kBegin);
  section.end = find_line(source, section.begin.end, kEnd);
  return section;
}

Section require_section(std::string_view source) {
  const Section section = find_section(source);
  check(section.found(), "train.cpp has no lines `{}` and `{}`, between which values are set",
        kBegin, kEnd);
  return section;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// A value as C++ writes it.
std::string literal_of(std::string_view type, std::string_view value) {
  if (type == "std::string") return quoted(value);
  std::string literal(value);
  if (type != "float") return literal;
  if (literal.find_first_of(".eE") == std::string::npos) literal += ".0";
  return literal + 'f';
}

/// A value as a flag gives it, of what stands behind the `=` of an override.
std::string value_of(std::string_view literal) {
  if (literal.starts_with('"')) {
    std::string text;
    for (size_t i = 1; i + 1 < literal.size(); ++i) {
      if (literal[i] == '\\') ++i;
      text += literal[i];
    }
    return text;
  }
  std::string value(literal);
  const bool number = !value.empty() && fits_type("double", value.substr(0, value.size() - 1));
  if (number && value.ends_with('f')) value.pop_back();
  return value;
}

/// The last line that sets the knob at `path`, which is the one that counts, among those of the
/// section; empty where there is none.
Line find_override(std::string_view source, const Section& section, std::string_view path) {
  Line last;
  for (size_t at = section.begin.end; at < section.end.begin;) {
    const Line line = find_line(source, at, path);
    if (line.begin >= section.end.begin) break;
    const std::string_view text = trimmed(source.substr(line.begin, line.end - line.begin));
    if (trimmed(text.substr(path.size())).starts_with('=')) last = line;
    at = line.end;
  }
  return last;
}

}  // namespace

std::string override_line(const KnobDescription& knob, std::string_view value) {
  return fmt::format("{} = {};", knob.path, literal_of(knob.type, value));
}

std::string set_override(std::string source, const KnobDescription& knob, std::string_view value) {
  check(fits_type(knob.type, value), "{} is a {}, and \"{}\" is none", knob.name, knob.type, value);
  check(knob.allows(value), "{} has no value \"{}\"; `tern train --list-arms` lists those it has",
        knob.name, value);
  const Section section = require_section(source);
  const Line old = find_override(source, section, knob.path);
  const bool replaces = old.end > old.begin;
  const size_t at = replaces ? old.begin : section.end.begin;
  std::string line;
  if (!same_value(value, knob.standard)) {
    const size_t place = replaces ? old.begin : section.begin.begin;
    const size_t text = source.find_first_not_of(" \t", place);
    line = source.substr(place, text - place) + override_line(knob, value) + '\n';
  }
  return source.replace(at, old.end - old.begin, line);
}

std::string with_overrides(std::string source, std::string_view lines) {
  const Section section = require_section(source);
  const size_t text = source.find_first_not_of(" \t", section.begin.begin);
  const std::string indent = source.substr(section.begin.begin, text - section.begin.begin);
  std::string indented;
  for (size_t at = 0; at < lines.size();) {
    const Line line = find_line(lines, at, "");
    indented +=
        indent + std::string(trimmed(lines.substr(line.begin, line.end - line.begin))) + '\n';
    at = line.end;
  }
  return source.replace(section.begin.end, section.end.begin - section.begin.end, indented);
}

std::vector<std::pair<std::string, std::string>> overrides_in(std::string_view source) {
  std::vector<std::pair<std::string, std::string>> overrides;
  const Section section = find_section(source);
  for (size_t at = section.begin.end; section.found() && at < section.end.begin;) {
    const Line line = find_line(source, at, "");
    const std::string_view text = trimmed(source.substr(line.begin, line.end - line.begin));
    const size_t equals = text.find('='), end = text.rfind(';');
    if (!text.starts_with("//") && end != text.npos && equals < end) {
      overrides.emplace_back(trimmed(text.substr(0, equals)),
                             value_of(trimmed(text.substr(equals + 1, end - equals - 1))));
    }
    at = line.end;
  }
  return overrides;
}

bool has_overrides(std::string_view source) { return find_section(source).found(); }

void require_overrides(std::string_view source) {
  check(has_overrides(source),
        "train.cpp is of an earlier Tern: it has no lines `{}` and `{}` and does not describe its "
        "knobs; make a new lab with `tern new DIR --preset ...` and take over your values as "
        "override lines",
        kBegin, kEnd);
}

std::string without_overrides(std::string_view source) {
  const Section section = find_section(source);
  std::string rest(source);
  if (section.found()) rest.erase(section.begin.end, section.end.begin - section.begin.end);
  return rest;
}

}  // namespace tern
