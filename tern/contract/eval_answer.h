#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tern/base/fields.h"

namespace tern {

/// What `tern eval --json` prints: a score with its protocol, and what was scored. A number that is
/// not finite (the perplexity of a model that diverged) is null in the JSON.
struct EvalAnswer {
  static constexpr int64_t kVersion = 1;
  int64_t version = kVersion;
  std::string model;    // its folder, as it was named
  std::string kind;     // "ternary" or "full precision"
  std::string dataset;  // name of the evaluation set, or the text's file
  int64_t tokens = 0;   // predicted ones
  double nll_per_token = 0;
  double ppl = 0, bpb = 0;
  double eval_ppl = 0, eval_bpb = 0;  // the same two by the names they have in results.tsv
  int64_t windows = 0;
  int64_t window = 0;  // tokens in one, at most
  std::string dtype;   // of matrix operands
  std::string dataset_sha256, tokenizer_sha256;
  int64_t replaced_bytes = 0;  // of the text, which were not UTF-8
  int64_t weights = 0;
  double ternary_share = 0;
  double bits_per_weight = 0;       // in the blocks
  double file_bits_per_weight = 0;  // over all
  int64_t dense_blocks = 0;
  std::vector<std::string> departures;           // from a plain Llama, a phrase each
  std::optional<double> q_neg1, q_zero, q_pos1;  // shares of the codes; of ternary models
  double tokens_per_s = 0;
  TERN_FIELDS(version, model, kind, dataset, tokens, nll_per_token, ppl, bpb, eval_ppl, eval_bpb,
              windows, window, dtype, dataset_sha256, tokenizer_sha256, replaced_bytes, weights,
              ternary_share, bits_per_weight, file_bits_per_weight, dense_blocks, departures,
              q_neg1, q_zero, q_pos1, tokens_per_s)

  static constexpr const char *kTernary = "ternary", *kFullPrecision = "full precision";
  bool ternary() const { return kind == kTernary; }

  std::string to_text() const;
  /// Of an output that may hold other lines as well. Throws an Error where it holds no answer, or
  /// one of another version.
  static EvalAnswer parse(std::string_view output);
};

}  // namespace tern
