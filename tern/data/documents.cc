#include "tern/data/documents.h"

#include "tern/base/error.h"
#include "tern/base/json.h"
#include "tern/base/utf8.h"

namespace tern {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace

DocumentFormat document_format_of(std::string_view name) {
  name = name.substr(0, name.find('?'));
  const bool json = name.ends_with(".jsonl") || name.ends_with(".jsonl.gz");
  return json ? DocumentFormat::json_lines : DocumentFormat::plain;
}

DocumentReader::DocumentReader(std::unique_ptr<ByteSource> source, DocumentOptions options)
    : options_(std::move(options)), lines_(std::move(source), options_.max_bytes) {}

bool DocumentReader::next(std::string& document) {
  do {
    const bool found =
        options_.format == DocumentFormat::plain ? next_plain(document) : next_json(document);
    if (!found) return false;
  } while (document.empty());
  return true;
}

bool DocumentReader::next_plain(std::string& document) {
  std::string text;
  bool found = false;
  std::string_view line;
  while (text.size() < options_.max_bytes && lines_.next(line)) {
    found = true;
    if (trimmed(line) == kEndOfText) break;
    text += line;
  }
  document = sanitize_utf8(trimmed(text), &replaced_);
  return found;
}

bool DocumentReader::next_json(std::string& document) {
  std::string_view line;
  if (!lines_.next(line)) return false;
  ++line_number_;
  document.clear();
  if (trimmed(line).empty()) return true;
  check(line.size() < options_.max_bytes, "{}:{}: expected lines shorter than {} bytes",
        lines_.name(), line_number_, options_.max_bytes);
  const std::string source = fmt::format("{}:{}", lines_.name(), line_number_);
  const Json object = Json::parse(sanitize_utf8(line, &replaced_), source);
  const Json* text = object.find(options_.field);
  check(text != nullptr && text->is_string(), "{}: expected an object with a text \"{}\", found {}",
        source, options_.field,
        text != nullptr      ? text->kind()
        : object.is_object() ? "no such field"
                             : object.kind());
  document = text->as_string();
  return true;
}

}  // namespace tern
