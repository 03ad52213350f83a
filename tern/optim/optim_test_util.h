#pragma once

#include <string>
#include <vector>

#include "tern/base/rng.h"
#include "tern/optim/optimizer.h"

namespace tern {

/// A tall, a wide and a square matrix, something like an embedding, and a gain.
inline Parameters test_parameters() {
  Parameters parameters;
  parameters.allocate(
      {{"tall", {60, 20}}, {"wide", {20, 60}}, {"embedding", {50, 8}}, {"gain", {30}}});
  Rng rng(1);
  for (const auto& [name, tensor] : parameters.all()) {
    for (float& w : tensor.values<float>()) w = static_cast<float>(rng.normal());
  }
  return parameters;
}

inline std::vector<ParameterGroup> test_groups(const Parameters& parameters) {
  return groups_of(parameters, {"tall", "wide"});
}

/// Random gradients, other ones for each step.
inline void fill_gradients(const Parameters& parameters, int64_t step, float scale = 1) {
  Rng rng(static_cast<uint64_t>(100 + step));
  for (const auto& [name, tensor] : parameters.all()) {
    for (float& g : tensor.gradient_slot().values<float>()) {
      g = scale * static_cast<float>(rng.normal());
    }
  }
}

inline std::vector<float> weights_of(const Parameters& parameters, const std::string& name) {
  const auto values = parameters.at(name).values<float>();
  return {values.begin(), values.end()};
}

inline std::vector<float> all_weights(const Parameters& parameters) {
  std::vector<float> all;
  for (const auto& [name, tensor] : parameters.all()) {
    const auto values = tensor.values<float>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

}  // namespace tern
