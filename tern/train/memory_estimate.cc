#include "tern/train/memory_estimate.h"

#include <fmt/core.h>

#include "tern/base/arms.h"

namespace tern {
namespace {

const RegisterArm recompute(
    {"recompute", "",
     "keep each block's input alone and make the rest again in the backward "
     "pass: less memory, a forward pass more",
     "Chen et al. 2016, arXiv 1604.06174"});
const RegisterArm dtype({"dtype", "", "operands of matrix products: auto, bf16 or f32", ""});

/// Bytes that one block keeps for each token: two sums of residuals in float32; two norms, q, k
/// (with and without rotation), v, the attention's result, gate, up and their product as operands.
double block_activations(const LlamaConfig& c, double operand) {
  const auto C = static_cast<double>(c.hidden_size), F = static_cast<double>(c.intermediate_size);
  const auto heads =
      static_cast<double>(c.head_dim * (c.num_attention_heads + c.num_key_value_heads));
  return 4 * 2 * C + operand * (2 * C + 3 * heads + 3 * F);
}

}  // namespace

MemoryEstimate estimate_memory(const LlamaConfig& c, const LlamaOptions& options, int64_t tokens,
                               DType optimizer_state, bool teacher) {
  const auto parameters = static_cast<double>(c.parameter_count());
  const auto linears = static_cast<double>(c.linear_parameter_count());
  const auto blocks = static_cast<double>(c.num_hidden_layers);
  const auto operand = static_cast<double>(size_of(options.compute));
  const double inside = static_cast<double>(tokens) * block_activations(c, operand);
  const double inputs = 4.0 * static_cast<double>(tokens * c.hidden_size);
  MemoryEstimate m;
  m.weights = m.gradients = 4 * parameters;
  m.optimizer = 2 * static_cast<double>(size_of(optimizer_state)) * parameters;
  m.optimizer_f32 = 8 * parameters;
  // With recomputation one block's copies live at a time.
  m.operands = operand * (parameters - linears + (options.recompute ? linears / blocks : linears));
  m.kept_activations = blocks * inside;
  m.activations = options.recompute ? blocks * inputs + inside : m.kept_activations;
  m.logits = 300e6;
  if (teacher) m.teacher = operand * parameters + 4 * (parameters - linears);
  return m;
}

std::string MemoryEstimate::to_string() const {
  const auto gb = [](double bytes) { return fmt::format("{:.1f}", bytes / 1e9); };
  const std::string saved_moments =
      optimizer < optimizer_f32 ? fmt::format(" (f32: {})", gb(optimizer_f32)) : "";
  const std::string saved_activations =
      activations < kept_activations ? fmt::format(" (kept: {})", gb(kept_activations)) : "";
  const std::string beside = teacher > 0 ? fmt::format(", teacher {}", gb(teacher)) : "";
  return fmt::format(
      "training takes about {} GB: weights {}, gradients {}, moments {}{}, quantized copies {}, "
      "activations {}{}, logits {}{}",
      gb(total()), gb(weights), gb(gradients), gb(optimizer), saved_moments, gb(operands),
      gb(activations), saved_activations, gb(logits), beside);
}

}  // namespace tern
