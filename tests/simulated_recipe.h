#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "loop/boundary/program_text.h"
#include "loop/propose/described_test_util.h"
#include "loop/propose/search_space.h"
#include "tests/simulated_lab.h"

namespace tern::loop {

inline const std::string kSimulatedRecipe = made_up_recipe();

/// What a recipe with these knobs says of itself.
inline SimulatedLab::World::Describe describes(std::vector<KnobDescription> knobs) {
  return [knobs = std::move(knobs)](const std::string& source) {
    return made_up_description(knobs, source);
  };
}

inline RecipeDescription simulated_description(const std::string& source) {
  return made_up_description(
      {made_up_knob("steps", "int64_t", "0"), made_up_knob("seed", "uint64_t", "1"),
       made_up_knob("batch_size", "int64_t", "8", {"2", "4", "8", "16", "32"}),
       made_up_knob("lr", "float", "3e-4",
                    {"5e-5", "1e-4", "2e-4", "3e-4", "5e-4", "1e-3", "2e-3"}),
       made_up_knob("lr_schedule", "std::string", "cosine", {"constant", "linear", "cosine"}),
       made_up_knob("beta2", "float", "0.95", {"0.9", "0.95", "0.98", "0.99", "0.999"}),
       made_up_knob("weight_decay", "float", "0.0", {"0", "0.01", "0.05", "0.1"}),
       made_up_knob("group", "std::string", "64", {"32", "64", "128", "256", "row", "tensor"}),
       made_up_knob("threshold", "float", "0.5", {"0.3", "0.4", "0.5", "0.6", "0.7"}),
       made_up_knob("lambda_warmup", "double", "0.2", {"0.05", "0.1", "0.2", "0.3", "0.5"})},
      source);
}

/// A landscape over the recipe's knobs: every number has a valley somewhere in its list, every word
/// its own effect, the best rate moves with the batch, and the largest rate with a small batch does
/// not end at all.
inline SimulatedLab::World simulated_landscape(uint64_t seed, double sigma) {
  const auto level = [seed](const Proposal& proposal, int64_t, double) {
    const SearchSpace space(simulated_description(proposal.source), proposal.source);
    const SearchSpace origin(simulated_description(kSimulatedRecipe), kSimulatedRecipe);
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
  return {.level = level,
          .sigma = sigma,
          .seed = seed,
          .program = [](const std::string& source) { return program_hash(source); },
          .describe = simulated_description};
}

}  // namespace tern::loop
