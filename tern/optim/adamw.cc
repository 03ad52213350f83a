#include "tern/optim/adamw.h"

#include "tern/base/profile.h"
#include "tern/kernels/adamw.h"

namespace tern {

AdamW::AdamW(const Parameters& parameters, const AdamWConfig& config)
    : parameters_(parameters), config_(config) {
  for (const auto& [name, tensor] : parameters.all()) {
    moments_.push_back({Tensor::zeros(tensor.shape()), Tensor::zeros(tensor.shape())});
  }
}

void AdamW::step(float lr, float gradient_scale) {
  const Zone zone("optimizer");
  ++steps_;
  for (size_t i = 0; i < moments_.size(); ++i) {
    const Tensor& w = parameters_.all()[i].tensor;
    const kernels::AdamWOptions options{.lr = lr,
                                        .beta1 = config_.beta1,
                                        .beta2 = config_.beta2,
                                        .epsilon = config_.epsilon,
                                        .weight_decay = w.rank() >= 2 ? config_.weight_decay : 0};
    kernels::adamw(w.values<float>(), w.gradient_slot().values<float>(),
                   moments_[i].m.values<float>(), moments_[i].v.values<float>(), options, steps_,
                   gradient_scale, true);
  }
}

std::vector<Parameter> AdamW::state() const {
  std::vector<Parameter> out;
  for (size_t i = 0; i < moments_.size(); ++i) {
    const std::string& name = parameters_.all()[i].name;
    out.push_back({name + ".m", moments_[i].m});
    out.push_back({name + ".v", moments_[i].v});
  }
  return out;
}

}  // namespace tern
