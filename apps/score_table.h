#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tern/base/json.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// Scores a model with `tern eval` in a process of its own and returns its JSON. Scores are kept in
/// the lab's cache under a hash of the model's files and the evaluation set, so an unchanged model
/// is scored once on each. `flags` are passed on.
Json score_of_record(const Lab& lab, const std::filesystem::path& model,
                     const std::filesystem::path& eval_set, const std::vector<std::string>& flags);

/// One row of the table: a label and what score_of_record() gave.
struct ScoredModel {
  std::string label;
  Json score;
};

/// Perplexity, its ratio to the first row, bits per byte, bits per weight, the speed of scoring and
/// the codes of each model.
std::string score_table(const std::vector<ScoredModel>& models);

}  // namespace tern
