#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tern {

/// What a training program wrote about one run, of which every number may be missing: not a number
/// stands for that. None of it is the score.
struct RunCurves {
  struct Step {
    double step, tokens, seconds, loss, lr, lambda;
  };
  struct Evaluation {
    double step, tokens, ppl, bpb, neg1, zero, pos1;
  };
  struct Layer {
    double step, neg1, zero, pos1, flip_rate;
    std::string name;
  };

  std::vector<Step> steps;
  std::vector<Evaluation> evaluations;
  std::vector<Layer> layers;  // every layer at every evaluation

  bool empty() const { return steps.empty() && evaluations.empty() && layers.empty(); }
};

/// Reads steps.tsv, results.tsv and layers.tsv of a run's folder, at most 8 MiB of each.
RunCurves read_run_curves(const std::filesystem::path& folder);

/// At most `points` steps and as many evaluations. A step stands for a stretch of them: their mean
/// loss, and the last one's other numbers. Of the layers only those of the last evaluation remain,
/// `layers` of them at most.
RunCurves thinned(const RunCurves& curves, size_t points, size_t layers);

}  // namespace tern
