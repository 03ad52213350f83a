#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "tern/model/llama.h"

namespace tern {

/// Runs B sequences through a dense model and calls look(i, x) with the input x of each linear
/// layer, i being its place in model.linears(), in the order in which they run.
void watch_inputs(Llama& model, std::span<const int32_t> ids, int64_t B,
                  const std::function<void(size_t i, const Tensor& x)>& look);

}  // namespace tern
