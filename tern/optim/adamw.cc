#include "tern/optim/adamw.h"

#include <utility>

#include "tern/base/profile.h"
#include "tern/kernels/adamw.h"

namespace tern {
namespace {

const Register<MakeOptimizer> registration(
    optimizers(), "adamw",
    [](std::vector<ParameterGroup> groups, const OptimizerOptions& options) {
      return std::make_unique<AdamW>(std::move(groups), options);
    },
    "Adam with decoupled weight decay", "Loshchilov and Hutter 2019, 1711.05101");

}  // namespace

AdamW::AdamW(std::vector<ParameterGroup> groups, const OptimizerOptions& options)
    : groups_(std::move(groups)), options_(options) {
  for (const ParameterGroup& group : groups_) {
    for (const Parameter& parameter : group.parameters) {
      moments_.push_back({make_state(parameter, options), make_state(parameter, options)});
    }
  }
}

void AdamW::step(const StepSize& size) {
  const Zone zone("optimizer");
  ++steps_;
  uint32_t index = 0;
  for (const ParameterGroup& group : groups_) {
    kernels::AdamWOptions options{.lr = size.lr * group.lr_factor,
                                  .beta1 = options_.beta1,
                                  .beta2 = options_.beta2,
                                  .epsilon = options_.epsilon,
                                  .weight_decay = group.decays ? size.weight_decay : 0};
    for (const Parameter& parameter : group.parameters) {
      const Tensor& w = parameter.tensor;
      options.tensor = index;
      const Moments& moments = moments_[index++];
      with_state(moments.m, [&]<class Moment>(std::span<Moment> mean) {
        kernels::adamw(w.values<float>(), w.gradient_slot().values<float>(), mean,
                       moments.v.values<Moment>(), options, steps_, size.gradient_scale, true);
      });
    }
  }
}

std::vector<Parameter> AdamW::state() const {
  std::vector<Parameter> out;
  size_t index = 0;
  for (const ParameterGroup& group : groups_) {
    for (const Parameter& parameter : group.parameters) {
      out.push_back({parameter.name + ".m", moments_[index].m});
      out.push_back({parameter.name + ".v", moments_[index].v});
      ++index;
    }
  }
  return out;
}

}  // namespace tern
