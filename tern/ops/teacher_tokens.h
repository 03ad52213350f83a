#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tern/base/f16.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// What is kept of a teacher's predictions of N tokens, in memory as in a cache on disk: its k
/// likeliest tokens with their log-probabilities, rounded to f16, and what mass all others have
/// together at some temperatures. Losses are computed from this alone, so that it makes no
/// difference where it comes from.
struct TopTokens {
  int64_t k = 0;
  std::vector<float> temperatures;
  std::vector<int32_t> ids;            // (N, k), likeliest first
  std::vector<f16> log_probabilities;  // (N, k) l, at temperature 1
  std::vector<float> log_rest;  // (N, temperatures) log of the others' sum of e^(l / temperature)
  std::vector<float> log_gold;  // (N) of the token that really came next; 0 where none counts

  int64_t rows() const { return static_cast<int64_t>(log_gold.size()); }
};

/// A teacher's distribution over k + 1 outcomes, its k likeliest tokens and all others together,
/// for each of N tokens, at one temperature. The k + 1 probabilities sum to 1.
struct TeacherTokens {
  int64_t k = 0;
  float temperature = 1;
  std::vector<int32_t> ids;              // (N, k)
  std::vector<float> log_probabilities;  // (N, k)
  std::vector<float> log_rest;           // (N); not read when k is the whole vocabulary
  std::vector<float> log_gold;           // (N) at temperature 1

  int64_t rows() const { return static_cast<int64_t>(log_gold.size()); }
  /// Puts the tokens of another batch, of the same k and temperature, behind these.
  void append(const TeacherTokens& more);
};

/// The k likeliest next tokens (all when the vocabulary is smaller) by the head w (V, C) for hidden
/// states x (..., C), of one type, f32 or bf16, without ever holding all logits. `targets` as in
/// head_cross_entropy. Records nothing.
TopTokens head_top_tokens(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                          int64_t k, std::span<const float> temperatures);

/// The same tokens at one of their temperatures; throws an Error that lists those when it is not
/// among them.
TeacherTokens at_temperature(const TopTokens& tokens, float temperature);

}  // namespace tern
