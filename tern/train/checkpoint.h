#pragma once

#include <filesystem>
#include <vector>

#include "tern/autograd/parameters.h"
#include "tern/base/json.h"

namespace tern {

/// Writes tensors and a run's state (step, seconds, random numbers, ...) into one safetensors file,
/// atomically: a reader finds the old checkpoint or the new one. The caller passes every tensor
/// that training changes, so that a resumed run goes on bit for bit.
void save_checkpoint(const std::filesystem::path& path, const std::vector<Parameter>& tensors,
                     const Json& state);

/// Reads a checkpoint back into the same tensors and returns its state. Throws when a tensor is
/// missing or has another shape: the recipe has changed since.
Json load_checkpoint(const std::filesystem::path& path, const std::vector<Parameter>& tensors);

}  // namespace tern
