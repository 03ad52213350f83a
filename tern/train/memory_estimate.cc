#include "tern/train/memory_estimate.h"

#include <fmt/core.h>

#include "tern/base/memory.h"
#include "tern/model/snapshot.h"
#include "tern/model/start.h"
#include "tern/train/attendant.h"

namespace tern {
namespace {

/// Bytes that one block keeps for each token: two sums of residuals in float32; two norms, q, k
/// (with and without rotation), v, the attention's result, gate, up and their product as operands.
double block_activations(const LlamaConfig& c, double operand) {
  const auto C = static_cast<double>(c.hidden_size), F = static_cast<double>(c.intermediate_size);
  const auto heads =
      static_cast<double>(c.head_dim * (c.num_attention_heads + c.num_key_value_heads));
  return 4 * 2 * C + operand * (2 * C + 3 * heads + 3 * F);
}

/// Bytes of the inputs of a block's linear layers, prepared for them: one for query, key and value,
/// one for the attention's output, one for gate and up, one for down.
double block_inputs(const LlamaConfig& c, double operand) {
  const int64_t widths =
      2 * c.hidden_size + c.head_dim * c.num_attention_heads + c.intermediate_size;
  return operand * static_cast<double>(widths);
}

/// Bytes of moments that an optimizer keeps, as it does for a weight of each kind.
struct MomentBytes {
  double matrices = 0, rest = 0;

  static MomentBytes of(const OptimizerOptions& options) {
    const Parameter matrix{"matrix", Tensor::zeros({1, 1})}, other{"other", Tensor::zeros({1})};
    const auto optimizer =
        make_optimizer({{.name = "matrices", .parameters = {matrix}, .matrices = true},
                        {.name = "rest", .parameters = {other}}},
                       options);
    MomentBytes bytes;
    for (const auto& [state, tensor] : optimizer->state()) {
      (state.starts_with("matrix.") ? bytes.matrices : bytes.rest) +=
          static_cast<double>(size_of(tensor.dtype()));
    }
    return bytes;
  }
  double total(double matrix_weights, double rest_weights) const {
    return matrices * matrix_weights + rest * rest_weights;
  }
};

}  // namespace

MemoryEstimate estimate_memory(const LlamaConfig& c, const LlamaOptions& options, int64_t tokens,
                               const MemoryUsers& users) {
  const auto parameters = static_cast<double>(c.parameter_count());
  const auto linears = static_cast<double>(c.linear_parameter_count());
  const auto blocks = static_cast<double>(c.num_hidden_layers);
  const auto operand = static_cast<double>(size_of(options.compute));
  const bool prepared = users.inputs != InputOptions();
  const double inside = static_cast<double>(tokens) *
                        (block_activations(c, operand) + (prepared ? block_inputs(c, operand) : 0));
  const double inputs = 4.0 * static_cast<double>(tokens * c.hidden_size);
  MemoryEstimate m;
  m.weights = m.gradients = 4 * parameters;
  OptimizerOptions moments = users.optimizer;
  m.optimizer = MomentBytes::of(moments).total(linears, parameters - linears);
  moments.state = "f32";
  m.optimizer_f32 = MomentBytes::of(moments).total(linears, parameters - linears);
  if (users.optimizer.average > 0) m.average = 4 * parameters;
  // With recomputation one block's copies live at a time.
  m.operands = operand * (parameters - linears + (options.recompute ? linears / blocks : linears));
  m.kept_activations = blocks * inside;
  m.activations = options.recompute ? blocks * inputs + inside : m.kept_activations;
  m.logits = 300e6;
  m.handover = static_cast<double>(Snapshot(c, options.compute).bytes());
  if (users.teacher) m.teacher = operand * parameters + 4 * (parameters - linears);
  if (const auto memory = starts().at(users.start).memory) m.start = memory(c);
  return m;
}

double MemoryEstimate::total() const {
  const double always = weights + optimizer + average + teacher;
  const double training = gradients + operands + activations + logits;
  // The attendant makes logits of its own.
  const double scoring = handover + logits;
  const bool large = handover > static_cast<double>(kLargeHandover);
  const double peak = large ? std::max(training, scoring) : training + scoring;
  return std::max(always + peak, weights + gradients + start);
}

std::string MemoryEstimate::to_string() const {
  const std::string saved_moments =
      optimizer < optimizer_f32 ? fmt::format(" (f32: {})", size_text(optimizer_f32)) : "";
  const std::string saved_activations =
      activations < kept_activations ? fmt::format(" (kept: {})", size_text(kept_activations)) : "";
  std::string more;
  if (average > 0) more += fmt::format(", average {}", size_text(average));
  if (teacher > 0) more += fmt::format(", teacher {}", size_text(teacher));
  if (start > 0)
    more += fmt::format("; before there are moments, {} for the start", size_text(start));
  return fmt::format(
      "training takes about {}: weights {}, gradients {}, moments {}{}, quantized copies {}, "
      "activations {}{}, logits {}, scoring {}{}",
      size_text(total()), size_text(weights), size_text(gradients), size_text(optimizer),
      saved_moments, size_text(operands), size_text(activations), saved_activations,
      size_text(logits), size_text(handover + logits), more);
}

}  // namespace tern
