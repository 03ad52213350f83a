#pragma once

#include <span>
#include <string>

#include "tern/base/registry.h"
#include "tern/model/llama.h"
#include "tern/quant/group_rule.h"

namespace tern {

/// Where ternary training starts from: changes the full-precision weights of the blocks' linear
/// layers before they become ternary, with the rule that quantizes them and B sequences of text.
/// Needs the model's dense layers.
using Start = void (*)(Llama& model, std::span<const int32_t> ids, int64_t B, Grouping grouping,
                       const GroupRule& rule);
/// The values of the field start.
Registry<Start>& starts();

/// Bytes that a start holds for a while besides the model: the Gram matrices of gptq.
double start_memory(const std::string& start, const LlamaConfig& config);

}  // namespace tern
