#include "tern/eval/score.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "tern/base/error.h"
#include "tern/base/timer.h"

namespace tern {
namespace {

/// The longest window of a text that is not an evaluation set, as in the papers' protocol.
constexpr int64_t kTextWindow = 2048;

/// Scores sequences one by one: how a token is predicted depends on its own sequence alone, even
/// where activations are quantized over all tokens of a call.
class Scorer {
 public:
  Scorer(Llama& model, const ScoreOptions& options, int64_t window, int64_t windows)
      : model_(model), options_(options), windows_(windows) {
    score_.window = window;
  }

  /// Predicts every token of the sequence but its first.
  void add(std::span<const int32_t> tokens) {
    const std::vector<float> nll =
        model_.negative_log_likelihood(tokens.first(tokens.size() - 1), tokens.subspan(1), 1);
    nats_ += std::accumulate(nll.begin(), nll.end(), 0.0);
    score_.tokens += std::ssize(nll);
    score_.windows += 1;
    if (options_.on_progress) options_.on_progress({score_.windows, windows_, std::exp(mean())});
  }

  Score finish(double tokens_per_byte) {
    check(score_.tokens > 0, "there is nothing to score: no document has two tokens");
    score_.nll_per_token = mean();
    score_.ppl = std::exp(mean());
    check(std::isfinite(score_.ppl) || !options_.must_be_finite,
          "the model has no score: the mean negative log-likelihood of its predictions is {}",
          score_.nll_per_token);
    score_.bpb = mean() / std::numbers::ln2 * tokens_per_byte;
    score_.seconds = timer_.seconds();
    return score_;
  }

 private:
  double mean() const { return nats_ / static_cast<double>(score_.tokens); }

  Llama& model_;
  const ScoreOptions& options_;
  int64_t windows_;
  Timer timer_;
  double nats_ = 0;
  Score score_;
};

double ratio(int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }

/// A text's tokens, behind the one that begins a text where the tokenizer adds it.
std::vector<int32_t> tokens_of(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<int32_t> tokens;
  if (tokenizer.adds_bos()) tokens.push_back(tokenizer.bos_id().value());
  tokenizer.encode(text, tokens);
  return tokens;
}

/// The documents as sequences for a model, and what bits per byte need.
struct Documents {
  std::vector<std::vector<int32_t>> sequences;
  int64_t tokens = 0, bytes = 0;  // before they are cut at the context
};

Documents encode_documents(const Tokenizer& tokenizer, std::string_view text, int64_t context,
                           int64_t max_tokens) {
  Documents out;
  for (const std::string_view document : split_documents(text)) {
    if (max_tokens > 0 && out.tokens >= max_tokens) break;
    std::vector<int32_t> tokens = tokens_of(tokenizer, document);
    out.tokens += std::ssize(tokens) - (tokenizer.adds_bos() ? 1 : 0);
    out.bytes += std::ssize(document);
    tokens.resize(std::min(tokens.size(), static_cast<size_t>(context)));
    if (tokens.size() > 1) out.sequences.push_back(std::move(tokens));
  }
  return out;
}

}  // namespace

Score score_windows(Llama& model, const EvalSet& set, const ScoreOptions& options) {
  const int64_t window = set.window_of(model.config().max_position_embeddings);
  const int64_t total = std::ssize(set.tokens);
  const int64_t wanted = options.max_tokens > 0 ? std::min(options.max_tokens, total) : total;
  const int64_t windows = std::max<int64_t>(1, wanted / window);
  Scorer scorer(model, options, window, windows);
  for (int64_t w = 0; w < windows; ++w) {
    scorer.add(std::span(set.tokens).subspan(w * window, window));
  }
  return scorer.finish(ratio(total, set.bytes));
}

Score score_text(Llama& model, const Tokenizer& tokenizer, std::string_view text,
                 const ScoreOptions& options) {
  EvalSet set;
  set.name = "the text";
  set.tokens = tokens_of(tokenizer, text);
  set.bytes = std::ssize(text);
  set.window = kTextWindow;
  return score_windows(model, set, options);
}

Score score_documents(Llama& model, const Tokenizer& tokenizer, std::string_view text,
                      const ScoreOptions& options) {
  const int64_t context = model.config().max_position_embeddings;
  const Documents documents = encode_documents(tokenizer, text, context, options.max_tokens);
  Scorer scorer(model, options, context, std::ssize(documents.sequences));
  for (const std::vector<int32_t>& sequence : documents.sequences) scorer.add(sequence);
  return scorer.finish(ratio(documents.tokens, documents.bytes));
}

std::vector<std::string_view> split_documents(std::string_view text) {
  std::vector<std::string_view> documents;
  for (size_t begin = 0; begin < text.size();) {
    const size_t mark = std::min(text.find(kEndOfText, begin), text.size());
    std::string_view document = text.substr(begin, mark - begin);
    if (mark < text.size() && document.ends_with('\n')) document.remove_suffix(1);
    if (begin > 0 && document.starts_with('\n')) document.remove_prefix(1);
    if (!document.empty()) documents.push_back(document);
    begin = mark + kEndOfText.size();
  }
  return documents;
}

}  // namespace tern
