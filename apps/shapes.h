#pragma once

#include <string>

#include "tern/model/llama_config.h"

namespace tern {

/// Sizes of a model that benchmarks build with random weights: smollm-135m, llama-3.2-1b or demo.
LlamaConfig known_shape(const std::string& name);

}  // namespace tern
