#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "loop/boundary/program_text.h"
#include "loop/decide/simulated_lab.h"
#include "loop/propose/search_space.h"

namespace tern {

inline constexpr const char* kSimulatedRecipe = R"(struct Recipe {
  int64_t steps = 0;
  uint64_t seed = 1;
  int64_t batch_size = 8;  // try: 2 4 8 16 32
  float lr = 3e-4f;  // try: 5e-5 1e-4 2e-4 3e-4 5e-4 1e-3 2e-3
  std::string lr_schedule = "cosine";  // try: constant linear cosine
  float beta2 = 0.95f;  // try: 0.9 0.95 0.98 0.99 0.999
  float weight_decay = 0.0f;  // try: 0 0.01 0.05 0.1
  std::string group = "64";  // try: 32 64 128 256 row tensor
  float threshold = 0.5f;  // try: 0.3 0.4 0.5 0.6 0.7
  double lambda_warmup = 0.2;  // try: 0.05 0.1 0.2 0.3 0.5
};
)";

/// A landscape over the recipe's knobs: every number has a valley somewhere in its list, every word
/// its own effect, the best rate moves with the batch, and the largest rate with a small batch does
/// not end at all.
inline SimulatedLab::World simulated_landscape(uint64_t seed, double sigma) {
  const auto level = [seed](const Proposal& proposal, int64_t, double) {
    const SearchSpace space(proposal.source);
    const SearchSpace origin(kSimulatedRecipe);
    std::map<std::string, double> place;  // from 0 to 1
    double level = 0;
    for (size_t i = 0; i < space.knobs().size(); ++i) {
      const Knob& knob = origin.knobs()[i];
      const double last = static_cast<double>(knob.values.size() - 1);
      place[knob.name] = *knob.position_of(space.knobs()[i].value()) / last;
      Rng rng(mix64(seed) + i * 1000);
      if (knob.numeric) {
        const double valley = rng.uniform() + (knob.name == "lr" ? 0.4 * place["batch_size"] : 0);
        level += 0.2 * std::pow(place[knob.name] - valley, 2);
      } else {
        level += 0.02 * Rng(rng.next() + space.knobs()[i].current).normal();
      }
    }
    const bool diverges = place["lr"] > 0.99 && place["batch_size"] < 0.3;
    return diverges ? std::numeric_limits<double>::infinity() : level;
  };
  return {.level = level, .sigma = sigma, .seed = seed, .program = [](const std::string& source) {
            return program_hash(source);
          }};
}

}  // namespace tern
