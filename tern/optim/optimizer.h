#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tern/autograd/parameters.h"
#include "tern/knobs/registry.h"
#include "tern/tensor/compute_type.h"

namespace tern {

class Knobs;

/// Parameters that are trained alike.
struct ParameterGroup {
  std::string name;
  std::vector<Parameter> parameters;
  float lr_factor = 1;    // of StepSize::lr
  bool decays = false;    // whether weight decay applies
  bool matrices = false;  // Muon may orthogonalise their steps: weights of linear layers
};

/// How parameters follow their gradients.
struct OptimizerOptions {
  std::string kind = "adamw";  // of optimizers()
  std::string state = "f32";   // type of the moments: f32 or bf16
  float beta1 = 0.9f;
  float beta2 = 0.95f;
  float momentum = 0.95f;
  float epsilon = 1e-8f;
  double average = 0;  // decay of an average of the weights, see WeightAverage; 0: none
  /// Operands of Muon's matrix products: f32 or bf16. No knob: the run's type.
  DType compute = default_compute_type();

  void describe(Knobs& knobs);
  /// Throws an Error on an unknown name and on values out of their range.
  void check() const;
};

/// "f32" or "bf16", a type of moments; throws an Error on anything else.
DType moment_type(std::string_view name);

/// What schedules decide anew for each step.
struct StepSize {
  float lr = 1e-3f;
  float weight_decay = 0;    // decoupled: weights shrink by lr * weight_decay
  float gradient_scale = 1;  // gradients are read times this
};

/// Changes parameters by their gradients. Holds handles on them, so they outlive their model.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// Moves every parameter and sets its gradient to zero.
  virtual void step(const StepSize& size) = 0;
  /// All it remembers besides steps_done(), as named tensors for checkpoints.
  virtual std::vector<Parameter> state() const = 0;

  int64_t steps_done() const { return steps_; }
  virtual void set_steps_done(int64_t steps) { steps_ = steps; }

 protected:
  int64_t steps_ = 0;
};

using MakeOptimizer = std::function<std::unique_ptr<Optimizer>(std::vector<ParameterGroup> groups,
                                                               const OptimizerOptions& options)>;

/// The kinds of optimizers: adamw, muon, lion.
Registry<MakeOptimizer>& optimizers();
std::unique_ptr<Optimizer> make_optimizer(std::vector<ParameterGroup> groups,
                                          const OptimizerOptions& options);

/// Factors of the learning rate for groups_of().
struct LrFactors {
  float matrices = 1, learned = 1, rest = 1;

  void describe(Knobs& knobs);
  void check() const;
};

/// A model's parameters as groups: "matrices", those of these names (of its linear layers),
/// "learned", what their quantizers learn besides ("<name>.learned_..."), "embeddings", all others
/// with two axes, and "vectors". Matrices and embeddings decay.
std::vector<ParameterGroup> groups_of(const Parameters& parameters,
                                      const std::vector<std::string>& matrices = {},
                                      const LrFactors& factors = {});

/// Moments for one parameter, zero, in the type of the state.
Tensor make_state(const Parameter& parameter, const OptimizerOptions& options);

/// Calls step(numbers) with the numbers of an optimizer's state, a span of float or of bf16.
template <class Step>
void with_state(const Tensor& state, Step&& step) {
  if (state.dtype() == DType::bf16) {
    step(state.values<bf16>());
  } else {
    step(state.values<float>());
  }
}

}  // namespace tern
