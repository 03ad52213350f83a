#include "tern/optim/optimizer.h"

#include <algorithm>
#include <utility>

#include "tern/knobs/knobs.h"
#include "tern/tensor/compute_type.h"

namespace tern {
Registry<MakeOptimizer>& optimizers() {
  static Registry<MakeOptimizer> registry("optimizer");
  return registry;
}

DType moment_type(std::string_view name) {
  check(name == "f32" || name == "bf16", "--optimizer-state must be f32 or bf16, found {}", name);
  return compute_type(name);
}

void OptimizerOptions::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(kind), {.name = "optimizer",
                              .meaning = "how weights follow their gradients",
                              .choices = optimizers().choices()});
  knobs.add(
      TERN_KNOB(state),
      {.meaning = "type of the optimizer's moments",
       .choices = {{"f32", "4 bytes a moment", ""},
                   {"bf16", "2 bytes a moment, rounded stochastically so that none stands still",
                    "stochastic rounding: Gupta et al. 2015, 1502.02551"}}});
  knobs.add(TERN_KNOB(beta1),
            {.name = "beta1",
             .meaning = "adamw, lion: decay of the mean of gradients a step is made of",
             .tries = "0.8 0.9 0.95"});
  knobs.add(TERN_KNOB(beta2), {.name = "beta2",
                               .meaning = "adamw: decay of the mean square of gradients; lion: of "
                                          "its momentum (0.99 in the paper)",
                               .tries = "0.9 0.95 0.98 0.99 0.999"});
  knobs.add(TERN_KNOB(momentum), {.name = "momentum",
                                  .meaning = "muon: decay of the momentum of matrices",
                                  .tries = "0.9 0.95",
                                  .source = "Jordan et al. 2024, kellerjordan.github.io/posts/muon",
                                  .acts = is(kind, "muon")});
  knobs.add(TERN_KNOB(epsilon), {.name = "epsilon",
                                 .meaning = "adamw: added to the root of the mean square",
                                 .acts = is_not(kind, "lion")});
  knobs.add(TERN_KNOB(average),
            {.name = "average",
             .meaning = "decay of an average of the weights, used to evaluate and at the end; 0: "
                        "none. It breaks ternary weights: averages cross thresholds that no step's "
                        "weights did",
             .tries = "0 0.9 0.99",
             .source = "openai/parameter-golf RESULTS.md: 0.13 to 1.07 bits per byte lost"});
}

void OptimizerOptions::check() const {
  optimizers().at(kind);
  moment_type(state);
  for (const float decay : {beta1, beta2, momentum}) {
    tern::check(decay >= 0 && decay < 1,
                "--beta1, --beta2 and --momentum must be at least 0 and below 1, found {}", decay);
  }
  tern::check(epsilon > 0, "--epsilon must be above 0, found {}", epsilon);
  tern::check(average >= 0 && average < 1, "--average must be at least 0 and below 1, found {}",
              average);
}

void LrFactors::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(matrices), {.name = "lr_matrices",
                                  .meaning = "factor of lr for quantized matrices",
                                  .tries = "0.5 1 2",
                                  .bends_curve = true});
  knobs.add(TERN_KNOB(learned), {.name = "lr_scales",
                                 .meaning = "factor of lr for learned scales and shifts",
                                 .tries = "0.1 0.3 1 3",
                                 .acts = is(named("quantizer"), "lsq", "elastic", "shift") ||
                                         is(named("dead_bias"), "tequila-learned", "injected"),
                                 .bends_curve = true});
  knobs.add(TERN_KNOB(rest), {.name = "lr_rest",
                              .meaning = "factor of lr for all else: embeddings, head and gains",
                              .tries = "0.1 0.2 0.3 1",
                              .bends_curve = true});
}

void LrFactors::check() const {
  require_not_negative({{"lr_matrices", matrices}, {"lr_scales", learned}, {"lr_rest", rest}});
}

std::unique_ptr<Optimizer> make_optimizer(std::vector<ParameterGroup> groups,
                                          const OptimizerOptions& options) {
  options.check();
  return optimizers().at(options.kind)(std::move(groups), options);
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
  return Tensor::zeros(parameter.tensor.shape(), moment_type(options.state));
}

}  // namespace tern
