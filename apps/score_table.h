#pragma once

#include <string>
#include <vector>

#include "tern/runner/scorer.h"

namespace tern {

/// One row of the table: a label and the score, or why there is none.
struct ScoredModel {
  std::string label;
  ScoreOfRecord score;
};

/// Perplexity, its ratio to the first row's, bits per byte, bits per weight, the speed of scoring
/// and the codes of each model. A model without a score has a line that says why.
std::string score_table(const std::vector<ScoredModel>& models);

}  // namespace tern
