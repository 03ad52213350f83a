#include "tern/optim/optimizer.h"

#include <algorithm>
#include <utility>

#include "tern/tensor/compute_type.h"

namespace tern {
namespace {

const RegisterArm optimizer_arm({"optimizer", "", "how weights follow their gradients", ""});
const RegisterArm beta1({"beta1", "",
                         "adamw, lion: decay of the mean of gradients a step is made of", ""});
const RegisterArm beta2({"beta2", "",
                         "adamw: decay of the mean square of gradients; lion: of its momentum "
                         "(0.99 in the paper)",
                         ""});
const RegisterArm epsilon({"epsilon", "", "adamw: added to the root of the mean square", "",
                           "optimizer: !lion"});
const RegisterArm momentum({"momentum", "", "muon: decay of the momentum of matrices",
                            "Jordan et al. 2024, kellerjordan.github.io/posts/muon",
                            "optimizer: muon"});
const RegisterArm state_arm({"optimizer_state", "", "type of the optimizer's moments", ""});
const RegisterArm state_f32({"optimizer_state", "f32", "4 bytes a moment", ""});
const RegisterArm state_bf16({"optimizer_state", "bf16",
                              "2 bytes a moment, rounded stochastically so that none stands still",
                              "stochastic rounding: Gupta et al. 2015, 1502.02551"});
const RegisterArm weight_decay(
    {"weight_decay", "", "matrices and embeddings shrink by lr * weight_decay a step (decoupled)",
     "Loshchilov and Hutter 2019, 1711.05101"});
const RegisterArm lr_matrices({"lr_matrices", "", "factor of lr for quantized matrices", ""});
const RegisterArm lr_scales({"lr_scales", "", "factor of lr for learned scales and shifts", "",
                             "quantizer: lsq elastic shift | dead_bias: tequila-learned injected"});
const RegisterArm lr_rest({"lr_rest", "", "factor of lr for all else: embeddings, head and gains",
                           ""});

}  // namespace

Registry<MakeOptimizer>& optimizers() {
  static Registry<MakeOptimizer> registry("optimizer");
  return registry;
}

DType moment_type(std::string_view name) {
  check(name == "f32" || name == "bf16", "--optimizer-state must be f32 or bf16, found {}", name);
  return compute_type(name);
}

void check_optimizer(const std::string& name, const OptimizerOptions& o) {
  optimizers().at(name);
  for (const float decay : {o.beta1, o.beta2, o.momentum}) {
    check(decay >= 0 && decay < 1,
          "--beta1, --beta2 and --momentum must be at least 0 and below 1, found {}", decay);
  }
  check(o.epsilon > 0, "--epsilon must be above 0, found {}", o.epsilon);
  check(o.state == DType::f32 || o.state == DType::bf16,
        "--optimizer-state must be f32 or bf16, found {}", name_of(o.state));
}

std::unique_ptr<Optimizer> make_optimizer(const std::string& name,
                                          std::vector<ParameterGroup> groups,
                                          const OptimizerOptions& options) {
  check_optimizer(name, options);
  return optimizers().at(name)(std::move(groups), options);
}

std::vector<ParameterGroup> groups_of(const Parameters& parameters,
                                      const std::vector<std::string>& matrices,
                                      const LrFactors& factors) {
  std::vector<ParameterGroup> groups = {
      {"matrices", {}, factors.matrices, /*decays=*/true, /*matrices=*/true},
      {"learned", {}, factors.learned},
      {"embeddings", {}, factors.rest, /*decays=*/true},
      {"vectors", {}, factors.rest}};
  for (const Parameter& parameter : parameters.all()) {
    const bool named = std::ranges::find(matrices, parameter.name) != matrices.end();
    const bool learned = parameter.name.find(".learned_") != std::string::npos;
    const size_t group = named ? 0 : learned ? 1 : parameter.tensor.rank() >= 2 ? 2 : 3;
    groups[group].parameters.push_back(parameter);
  }
  return groups;
}

Tensor make_state(const Parameter& parameter, const OptimizerOptions& options) {
  return Tensor::zeros(parameter.tensor.shape(), options.state);
}

}  // namespace tern
