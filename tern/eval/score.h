#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "tern/data/eval_set.h"
#include "tern/model/llama.h"

namespace tern {

/// How well a model predicts a text.
struct Score {
  double nll_per_token = 0;  // mean negative log-likelihood in nats over all predicted tokens
  double ppl = 0;            // perplexity, e^nll_per_token
  double bpb = 0;            // bits per byte: nll_per_token / ln 2 * tokens per byte of the text
  int64_t tokens = 0;        // predicted
  int64_t windows = 0;       // sequences scored, each on its own
  int64_t window = 0;        // the most tokens that one may have
  double seconds = 0;
};

struct ScoreProgress {
  int64_t windows_done = 0, windows = 0;
  double ppl = 0;  // so far
};

struct ScoreOptions {
  /// About this many tokens from the start are scored, at least one window; 0 means all.
  int64_t max_tokens = 0;
  /// Whether a perplexity that is not finite is an Error.
  bool must_be_finite = true;
  /// Called after each window.
  std::function<void(const ScoreProgress&)> on_progress;
};

/// Perplexity as the quantization papers measure it (Frantar et al. 2022, GPTQ): non-overlapping
/// windows (see EvalSet::window_of), of which each predicts all but its first token; the tail is
/// dropped. Throws when there is nothing to predict or the perplexity is not finite.
Score score_windows(Llama& model, const EvalSet& set, const ScoreOptions& options = {});

/// A text in one piece, tokenised behind the token that begins a text where the tokenizer adds one,
/// in windows as above of at most 2048 tokens.
Score score_text(Llama& model, const Tokenizer& tokenizer, std::string_view text,
                 const ScoreOptions& options = {});

/// Each document of a text on its own, behind the token that begins a text where the tokenizer adds
/// one (else its first token is only context), cut at the model's context.
Score score_documents(Llama& model, const Tokenizer& tokenizer, std::string_view text,
                      const ScoreOptions& options = {});

/// What stands between marks `<|endoftext|>`, less the line break on either side of a mark; empty
/// documents are passed over. The views point into `text`.
std::vector<std::string_view> split_documents(std::string_view text);

}  // namespace tern
