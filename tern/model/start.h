#pragma once

#include <span>
#include <string>

#include "tern/knobs/registry.h"
#include "tern/model/llama.h"
#include "tern/quant/group_rule.h"

namespace tern {

/// Where ternary training starts from.
struct Start {
  /// Changes the full-precision weights of the blocks' linear layers before they become ternary,
  /// with the rule that quantizes them and B sequences of text. Needs the model's dense layers.
  /// Null where the weights stay as they are.
  void (*move)(Llama& model, std::span<const int32_t> ids, int64_t B, Grouping grouping,
               const GroupRule& rule) = nullptr;
  /// Bytes that it holds for a while besides the model; null where that is nothing.
  double (*memory)(const LlamaConfig& config) = nullptr;
};
/// The values of the knob start.
Registry<Start>& starts();

}  // namespace tern
