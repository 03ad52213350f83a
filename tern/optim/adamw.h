#pragma once

#include <vector>

#include "tern/optim/optimizer.h"

namespace tern {

/// AdamW (Loshchilov and Hutter 2019): steps of about lr a weight, whatever its gradient's size.
/// Uses beta1, beta2 and epsilon. Its state are the moments "<parameter>.m" and "<parameter>.v".
class AdamW : public Optimizer {
 public:
  AdamW(std::vector<ParameterGroup> groups, const OptimizerOptions& options);

  void step(const StepSize& size) override;
  std::vector<Parameter> state() const override;

 private:
  struct Moments {
    Tensor m, v;
  };
  std::vector<ParameterGroup> groups_;
  OptimizerOptions options_;
  std::vector<Moments> moments_;  // of all groups' parameters, one after the other
};

}  // namespace tern
