#include "apps/score_table.h"

#include <fmt/core.h>

namespace tern {
namespace {

std::string codes_of(const EvalAnswer& score) {
  if (!score.q_neg1 || !score.q_zero || !score.q_pos1) return "-";
  return fmt::format("{:.3f} / {:.3f} / {:.3f}", *score.q_neg1, *score.q_zero, *score.q_pos1);
}

/// Nothing for a model beside itself.
std::string ratio_of(const EvalAnswer& score, const ScoreOfRecord& reference) {
  if (!score.ternary()) return "";
  if (!reference.answer || reference.answer->ternary()) return "-";
  return fmt::format("{:.3f}", score.eval_ppl / reference.answer->eval_ppl);
}

std::string row_of(const std::string& label, const EvalAnswer& score,
                   const ScoreOfRecord& reference) {
  return fmt::format("{:<28} {:>12.4f} {:>9} {:>9.4f} {:>12.2f} {:>9.0f}  {}\n", label,
                     score.eval_ppl, ratio_of(score, reference), score.eval_bpb,
                     score.bits_per_weight, score.tokens_per_s, codes_of(score));
}

}  // namespace

std::string score_table(const std::vector<ScoredModel>& models) {
  std::string out =
      fmt::format("{:<28} {:>12} {:>9} {:>9} {:>12} {:>9}  {}\n", "model", "perplexity", "ratio",
                  "bits/byte", "bits/weight", "tokens/s", "codes -1 / 0 / +1");
  for (const auto& [label, score] : models) {
    out += score.answer ? row_of(label, *score.answer, models.front().score)
                        : fmt::format("{:<28} no score: {}\n", label, score.refusal);
  }
  return out;
}

}  // namespace tern
