#include <utility>

#include "tern/base/profile.h"
#include "tern/kernels/lion.h"
#include "tern/optim/optimizer.h"

namespace tern {
namespace {

/// Lion (Chen et al. 2023): every weight moves by exactly lr, along the sign of a mean of
/// gradients, so lr is to be 3 to 10 times smaller than AdamW's and the decay as much larger
/// (section 5). One tensor of state a parameter, "<parameter>.momentum".
class Lion : public Optimizer {
 public:
  Lion(std::vector<ParameterGroup> groups, const OptimizerOptions& options)
      : groups_(std::move(groups)), options_(options) {
    for (const ParameterGroup& group : groups_) {
      for (const Parameter& parameter : group.parameters) {
        momentum_.push_back({parameter.name + ".momentum", make_state(parameter, options)});
      }
    }
  }

  void step(const StepSize& size) override {
    const Zone zone("optimizer");
    ++steps_;
    uint32_t index = 0;
    for (const ParameterGroup& group : groups_) {
      kernels::LionOptions options{.lr = size.lr * group.lr_factor,
                                   .beta1 = options_.beta1,
                                   .beta2 = options_.beta2,
                                   .weight_decay = group.decays ? size.weight_decay : 0};
      for (const Parameter& parameter : group.parameters) {
        const Tensor& w = parameter.tensor;
        options.tensor = index;
        with_state(momentum_[index++].tensor, [&](auto momentum) {
          kernels::lion(w.values<float>(), w.gradient_slot().values<float>(), momentum, options,
                        steps_, size.gradient_scale);
        });
      }
    }
  }

  std::vector<Parameter> state() const override { return momentum_; }

 private:
  std::vector<ParameterGroup> groups_;
  OptimizerOptions options_;
  std::vector<Parameter> momentum_;  // of all groups' parameters, one after the other
};

const Register<MakeOptimizer> registration(
    optimizers(), "lion",
    [](std::vector<ParameterGroup> groups, const OptimizerOptions& options) {
      return std::make_unique<Lion>(std::move(groups), options);
    },
    "steps of the size lr along the sign of momentum; lr 3 to 10 times smaller than adamw's, "
    "weight_decay as much larger",
    "Chen et al. 2023, 2302.06675");

}  // namespace
}  // namespace tern
