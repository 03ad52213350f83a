#pragma once

#include <filesystem>
#include <string>

#include "tern/contract/eval_answer.h"

namespace tern {

/// Copies the rows of one run of a lab's results.tsv into the run's folder, in which its program
/// wrote; to be called when that has ended.
void keep_run_rows(const std::filesystem::path& table, const std::string& experiment,
                   const std::filesystem::path& folder);

/// Adds the last row of a run, its score of record; none for a run that has no rows.
void add_run_score(const std::filesystem::path& table, const std::string& experiment,
                   const EvalAnswer& score);

}  // namespace tern
