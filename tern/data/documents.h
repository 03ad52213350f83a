#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tern/base/byte_source.h"
#include "tern/data/line_reader.h"

namespace tern {

/// The line that ends a document of plain text, as in the TinyStories files, and the name of the
/// token that does so in the vocabularies of GPT-2 and SmolLM.
inline constexpr std::string_view kEndOfText = "<|endoftext|>";

enum class DocumentFormat {
  plain,  // documents end at a line <|endoftext|> or with the stream; blanks around are trimmed
  json_lines,  // one JSON object a line, of which one field is the document, as it is
};

/// json_lines for names that end in .jsonl or .jsonl.gz (before a URL's "?"), else plain.
DocumentFormat document_format_of(std::string_view name);

struct DocumentOptions {
  DocumentFormat format = DocumentFormat::plain;
  std::string field = "text";  // of json_lines
  /// A document of plain text that reaches this size ends with the line that takes it there (or
  /// with a piece of this size, where a single line is longer); a longer line of JSON is an error.
  size_t max_bytes = size_t{64} << 20;
};

/// The documents of a stream, of which it holds one at a time. Empty ones are passed over; bytes
/// that are not UTF-8 become U+FFFD and are counted.
class DocumentReader {
 public:
  explicit DocumentReader(std::unique_ptr<ByteSource> source, DocumentOptions options = {});

  /// The next document; false at the end. Throws an Error that names source and line for JSON lines
  /// that hold no object or lack the field.
  bool next(std::string& document);
  /// Replacements of bytes that were not UTF-8, so far.
  int64_t replaced() const { return replaced_; }
  const std::string& name() const { return lines_.name(); }

 private:
  bool next_plain(std::string& document);
  bool next_json(std::string& document);

  DocumentOptions options_;
  LineReader lines_;
  int64_t line_number_ = 0;
  int64_t replaced_ = 0;
};

}  // namespace tern
