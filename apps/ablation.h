#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/published_recipe.h"
#include "tern/base/fields.h"
#include "tern/base/json.h"

namespace tern {

/// One way to train that is compared with the baseline: a line of lab/ablations.toml.
struct AblationArm {
  std::string section;
  std::string name;
  std::vector<std::string> flags;
};

/// What an ablation compares.
struct AblationPlan {
  RecipeValues baseline;  // the recipe's defaults in every run
  std::vector<AblationArm> arms;

  /// Reads the knobs of [baseline] and the [[arm]] tables; throws an Error on an unknown key.
  static AblationPlan read(const std::filesystem::path& file);
};

/// One trained and scored run, or why there is none.
struct AblationRun {
  std::string refused;  // the sentence of a run that failed; empty otherwise
  double search_ppl = 0, confirm_ppl = 0;
  double zero_share = 0;  // of all codes at the end
  double flip_rate = 0;   // codes that changed between the last two looks
  double tokens_per_s = 0;
  TERN_FIELDS(search_ppl, confirm_ppl, zero_share, flip_rate, tokens_per_s)
};

/// Mean and standard deviation.
struct Spread {
  double mean = 0, deviation = 0;
  static Spread of(const std::vector<double>& values);
};

/// An arm beside the baseline: differences of ln(perplexity) are taken seed by seed.
struct AblationRow {
  AblationArm arm;
  std::string refused;
  Spread search_ppl, confirm_ppl;
  Spread search_change, confirm_change;  // of ln(perplexity) against the baseline; below 0: better
  Spread zero_share, flip_rate, tokens_per_s;
};

/// `runs` and `baseline` are in the order of the seeds.
AblationRow compare(const AblationArm& arm, const std::vector<AblationRun>& runs,
                    const std::vector<AblationRun>& baseline);

/// A Markdown table for each section, the baseline first. `reference` is the perplexity of the
/// full-precision model on the search data.
std::string ablation_table(const AblationRow& baseline, const std::vector<AblationRow>& rows,
                           double reference);

}  // namespace tern
