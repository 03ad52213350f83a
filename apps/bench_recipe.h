#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/answers.h"
#include "tern/model/llama_config.h"

namespace tern {

/// A comparison of two runs of the shipped train.cpp: a recipe, and the baseline beside it.
struct RecipeBenchOptions {
  std::string shape;
  std::vector<std::string> shared;  // flags of both; those below go before them
  std::string recipe;               // a published recipe, or empty
  std::string arms;                 // flags of the recipe, separated by blanks
  std::string against;              // flags of the baseline; may begin with --recipe NAME
  bool undistilled = false;         // the baseline is the recipe without distillation
  bool cached = false;              // give the recipe a teacher's cache
  bool sandbox = true;              // for building and running train.cpp
  int threads = 0;
  int64_t warmup = 1, steps = 4, repeats = 2;
};

/// Step times of both and their ratio. The runs are processes in a lab with random weights and
/// tokens (see BenchLab), in the order ABBA, so that a noisy neighbour slows both alike. Throws
/// when a flag is refused.
BenchRecipeAnswer bench_recipe(const RecipeBenchOptions& options, const LlamaConfig& config);

void print_answer(const BenchRecipeAnswer& answer);

}  // namespace tern
