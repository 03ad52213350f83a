#pragma once

#include <vector>

#include "tern/optim/optimizer.h"

namespace tern {

struct AdamWConfig {
  float beta1 = 0.9f;
  float beta2 = 0.95f;
  float epsilon = 1e-8f;
  float weight_decay = 0.1f;
};

/// AdamW (Loshchilov and Hutter 2019): steps of about lr a weight, whatever its gradient's size.
/// Uses beta1, beta2 and epsilon. Its state are the moments "<parameter>.m" and "<parameter>.v".
class AdamW : public Optimizer {
 public:
  AdamW(std::vector<ParameterGroup> groups, const OptimizerOptions& options);

  void step(const StepSize& size) override;

  /// For recipes with one group and a constant decay.
  AdamW(const Parameters& parameters, const AdamWConfig& config)
      : AdamW(groups_of(parameters), {config.beta1, config.beta2, config.epsilon}) {
    weight_decay_ = config.weight_decay;
  }
  void step(float lr, float gradient_scale) { step({lr, weight_decay_, gradient_scale}); }

  std::vector<Parameter> state() const override;

 private:
  struct Moments {
    Tensor m, v;
  };
  std::vector<ParameterGroup> groups_;
  OptimizerOptions options_;
  std::vector<Moments> moments_;  // of all groups' parameters, one after the other
  float weight_decay_ = 0;
};

}  // namespace tern
