#include "tern/model/sub_norm.h"

#include <algorithm>

#include "tern/base/arms.h"

namespace tern {
namespace {

const RegisterArm arm({"sub_norm", "",
                       "norm with a learned gain before o_proj and down_proj; no plain Llama file "
                       "can hold it",
                       "SubLN, BitDistill, arXiv 2510.13998"});

bool has_sub_norm(const Llama::Linear& linear) {
  return linear.name.ends_with(".o_proj.weight") || linear.name.ends_with(".down_proj.weight");
}

}  // namespace

void add_sub_norms(Llama& model) {
  std::vector<Parameters::Declaration> gains;
  for (const Llama::Linear& linear : model.linears()) {
    if (has_sub_norm(linear)) gains.push_back({linear.name + ".sub_norm", {linear.I}});
  }
  Parameters& parameters = model.parameters();
  parameters.allocate(gains, parameters.all().front().tensor.requires_grad());
  for (const auto& [name, shape] : gains) {
    std::ranges::fill(parameters.at(name).values<float>(), 1.0f);
  }
}

Tensor sub_norm_gain(const Llama& model, const Llama::Linear& linear) {
  const std::string name = linear.name + ".sub_norm";
  for (const Parameter& parameter : model.parameters().all()) {
    if (parameter.name == name) return parameter.tensor;
  }
  return {};
}

}  // namespace tern
