#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "tern/contract/layer_row.h"
#include "tern/contract/results_row.h"
#include "tern/contract/step_row.h"

namespace tern {

/// What a training program wrote about one run. None of it is the score, and a number may be none.
struct RunCurves {
  struct Evaluation {
    ResultsRow row;
    std::optional<int64_t> tokens;  // read until then, as steps.tsv says
  };

  std::vector<StepRow> steps;
  std::vector<Evaluation> evaluations;
  std::vector<LayerRow> layers;  // every layer at every evaluation

  bool empty() const { return steps.empty() && evaluations.empty() && layers.empty(); }
};

/// Reads steps.tsv, results.tsv and layers.tsv of a run's folder, at most 8 MiB of each.
RunCurves read_run_curves(const std::filesystem::path& folder);

/// At most `points` steps and as many evaluations. A step stands for a stretch of them: their mean
/// loss, and the last one's other numbers. Of the layers only those of the last evaluation remain,
/// `layers` of them at most.
RunCurves thinned(const RunCurves& curves, size_t points, size_t layers);

}  // namespace tern
