#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tern/data/documents.h"
#include "tern/text/tokenizer.h"

namespace tern {

/// Tokens to score a model on, kept as JSON (data/wikitext_eval.json), with all that a perplexity
/// has to be quoted with.
struct EvalSet {
  std::string name;
  std::vector<int32_t> tokens;
  int64_t bytes = 0;   // of the text that the tokens stand for: the base of bits per byte
  int64_t window = 0;  // tokens in one evaluation window; see window_of
  std::string tokenizer_sha256;
  std::string dataset_sha256;

  /// Throws on a file of a newer version, a missing field, or numbers that cannot be scored.
  static EvalSet read(const std::filesystem::path& path);
  void write(const std::filesystem::path& path) const;

  /// Tokens in a window for a model of this context: the set's window, or the context or the whole
  /// text where that is shorter. Throws an Error where nothing in it could be predicted.
  int64_t window_of(int64_t context) const;

  /// Throws an Error naming both hashes unless the tokens were made by this tokenizer, and one
  /// naming the token where the tokenizer lacks one.
  void check_tokenizer(const Tokenizer& tokenizer) const;
};

/// What a raw text file is.
enum class EvalText {
  detect,    // wikitext when its first line that is not blank reads " = Title = "
  wikitext,  // WikiText raw: see wikitext_text
  plain,     // used as it is
};

/// The text that perplexity on WikiText is measured on: the rows of the Hugging Face data set
/// joined by "\n\n". The file's line " " is the empty row; every other line is a row that keeps its
/// "\n". (Frantar et al. 2022, GPTQ, code: datautils.py get_wikitext2; 1,296,370 bytes for
/// WikiText-2's test split.)
std::string wikitext_text(std::string_view raw);

/// The text of a raw file, tokenised in one piece, behind the token that begins a text where the
/// tokenizer adds one. dataset_sha256 is that of `raw`.
EvalSet eval_set_of_text(std::string name, std::string_view raw, const Tokenizer& tokenizer,
                         int64_t window, EvalText kind = EvalText::detect);

/// Held-out documents, tokenised as training documents are (see DocumentEncoder), up to the one
/// that reaches `max_tokens` (0: all). dataset_sha256 is that of their texts, each with a zero byte
/// behind it.
EvalSet eval_set_of_documents(std::string name, DocumentReader& documents,
                              const Tokenizer& tokenizer, int64_t window, int64_t max_tokens = 0);

}  // namespace tern
