#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tern/base/fields.h"
#include "tern/base/json.h"
#include "tern/contract/knob_description.h"

// What the commands of the engine answer to programs (--json), beside `tern eval`.

namespace tern {

/// `tern bench train`: training steps beside their matrix products alone.
struct BenchTrainAnswer {
  std::string shape = {};
  int64_t parameters = 0;
  int64_t batch_size = 0, accumulation = 0, sequence_length = 0;
  std::string group = {}, dtype = {}, optimizer = {}, optimizer_state = {};
  bool recompute = false;
  int64_t threads = 0;
  std::string gemm_library = {};
  double tokens_per_s = 0;
  double step_seconds = 0;  // median
  double fastest_step_seconds = 0, slowest_step_seconds = 0;
  double gemm_only_tokens_per_s = 0;
  double gemm_share = 0;  // of a step, that its products take alone
  double gemm_gflops_per_s = 0;
  double peak_memory_gb = 0;
  Json shares = Json::object();  // of the steps, by what is profiled
  TERN_FIELDS(shape, parameters, batch_size, accumulation, sequence_length, group, dtype, optimizer,
              optimizer_state, recompute, threads, gemm_library, tokens_per_s, step_seconds,
              fastest_step_seconds, slowest_step_seconds, gemm_only_tokens_per_s, gemm_share,
              gemm_gflops_per_s, peak_memory_gb, shares)
};

/// `tern bench quantize`: fake quantization beside a plain copy of the same bytes.
struct BenchQuantizeAnswer {
  std::string shape = {};
  int64_t weights = 0;
  std::string group = {}, scale = {};
  double threshold = 0;
  std::string level = {};
  double zeros = 0;
  std::string pattern = {}, dtype = {};
  int64_t threads = 0;
  double quantize_seconds = 0, absmean_seconds = 0, copy_seconds = 0;
  double ns_per_weight = 0;
  double ratio_to_absmean = 0;
  double ratio = 0;  // to the copy
  double gb_per_s = 0;
  TERN_FIELDS(shape, weights, group, scale, threshold, level, zeros, pattern, dtype, threads,
              quantize_seconds, absmean_seconds, copy_seconds, ns_per_weight, ratio_to_absmean,
              ratio, gb_per_s)
};

/// One side of `tern bench train --recipe`.
struct BenchSideAnswer {
  std::string flags = {};
  double step_seconds = 0;  // median
  double fastest_step_seconds = 0, slowest_step_seconds = 0;
  double tokens_per_s = 0;
  double peak_memory_gb = 0;
  TERN_FIELDS(flags, step_seconds, fastest_step_seconds, slowest_step_seconds, tokens_per_s,
              peak_memory_gb)
};

/// `tern bench train --recipe` or `--arms`: steps of train.cpp with a recipe beside a baseline's.
struct BenchRecipeAnswer {
  std::string shape = {};
  int64_t threads = 0, warmup = 0, steps = 0, repeats = 0;
  BenchSideAnswer baseline = {}, recipe = {};
  double ratio = 0;  // of the recipe's step to the baseline's, median over the pairs of runs
  double lowest_ratio = 0, highest_ratio = 0;
  double more_seconds = 0;                     // that the recipe's step takes, median
  std::optional<std::string> teacher = {};     // what the run said of it, of one that distils
  std::optional<double> teacher_seconds = {};  // of its forward pass, of one that runs beside
  TERN_FIELDS(shape, threads, warmup, steps, repeats, baseline, recipe, ratio, lowest_ratio,
              highest_ratio, more_seconds, teacher, teacher_seconds)
};

/// A published recipe, of KnobsAnswer.
struct PublishedRecipeAnswer {
  std::string name = {}, summary = {}, source = {};
  Json values = Json::object();  // of knobs, by name
  TERN_FIELDS(name, summary, source, values)
};

/// `tern train --list-arms --json`: what the lab's recipe says of its knobs, and the values that
/// `--recipe` knows.
struct KnobsAnswer {
  int64_t version = RecipeDescription::kVersion;
  std::vector<KnobDescription> knobs = {};
  std::vector<PublishedRecipeAnswer> recipes = {};
  TERN_FIELDS(version, knobs, recipes)
};

/// An arm of `tern ablate` beside the baseline; figures are null of one that was refused.
struct AblationAnswer {
  std::string section = {}, arm = {};
  std::optional<std::string> refused = {};                                 // why, in one sentence
  std::optional<double> search_ppl = {};                                   // mean over the seeds
  std::optional<double> search_change = {}, search_change_deviation = {};  // of ln(perplexity)
  std::optional<double> confirm_ppl = {};
  std::optional<double> confirm_change = {}, confirm_change_deviation = {};
  std::optional<double> ratio = {};  // of search_ppl to the full-precision model's
  std::optional<double> zero_share = {}, flip_rate = {}, tokens_per_s = {};
  TERN_FIELDS(section, arm, refused, search_ppl, search_change, search_change_deviation,
              confirm_ppl, confirm_change, confirm_change_deviation, ratio, zero_share, flip_rate,
              tokens_per_s)
};

}  // namespace tern
