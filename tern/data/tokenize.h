#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tern/data/documents.h"
#include "tern/text/tokenizer.h"

namespace tern {

/// Tokens of whole documents: the token that begins a text where the tokenizer adds one, the
/// text's, and the end-of-text token, which is <|endoftext|> where the vocabulary has it, else the
/// end of sequence.
class DocumentEncoder {
 public:
  /// Throws when the tokenizer has no token that ends a text.
  explicit DocumentEncoder(Tokenizer tokenizer);

  /// Appends the tokens of `text` to `tokens`.
  void encode(std::string_view text, std::vector<int32_t>& tokens) const;
  const Tokenizer& tokenizer() const { return tokenizer_; }

 private:
  Tokenizer tokenizer_;
  std::vector<int32_t> prefix_;  // the beginning of a text, or nothing
  int32_t end_of_text_ = 0;
};

struct TokenizeOptions {
  int threads = 1;
  /// The stream ends after the document that reaches this many tokens, and its source is read no
  /// further than the queue had run ahead; 0 means all of it.
  int64_t max_tokens = 0;
};

/// What a stream has handed out so far.
struct TokenizeProgress {
  int64_t documents = 0;
  int64_t tokens = 0;
  int64_t bytes = 0;     // of the documents' text
  int64_t replaced = 0;  // bytes of them that were not UTF-8
};

/// The documents of a source as tokens, in the source's order whatever the number of threads.
/// Background threads read and tokenise ahead of the caller, by a bounded number of documents and
/// bytes; they end with the stream's life, once the read in progress returns.
class TokenStream {
 public:
  TokenStream(DocumentReader reader, Tokenizer tokenizer, TokenizeOptions options = {});
  ~TokenStream();
  TokenStream(const TokenStream&) = delete;
  TokenStream& operator=(const TokenStream&) = delete;

  /// Replaces `tokens` by those of the next document; false at the end. An error of the reader or
  /// the tokenizer is thrown at the document where it happened.
  bool next(std::vector<int32_t>& tokens);
  const TokenizeProgress& progress() const { return progress_; }
  const Tokenizer& tokenizer() const;
  /// The name of what is read.
  const std::string& source() const { return source_; }

 private:
  class Queue;

  std::unique_ptr<Queue> queue_;
  std::string source_;
  int64_t max_tokens_;
  TokenizeProgress progress_;
};

/// Writes all of a stream to a token file, calling `on_progress`, if given, after every document.
/// Throws when the stream has no document.
void write_token_file(const std::filesystem::path& path, TokenStream& stream,
                      const std::function<void(const TokenizeProgress&)>& on_progress = {});

}  // namespace tern
