#include "tern/model/sub_norm.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tern/kernels/reduce.h"
#include "tern/model/watch_inputs.h"
#include "tern/ops/cast.h"

namespace tern {
namespace {

bool has_sub_norm(const Llama::Linear& linear) {
  return linear.name.ends_with(".o_proj.weight") || linear.name.ends_with(".down_proj.weight");
}

/// The root mean square of all numbers of x.
float root_mean_square(const Tensor& x) {
  const Tensor numbers = cast(x, DType::f32);
  const double squares = kernels::sum_of_squares(numbers.values<const float>());
  return static_cast<float>(std::sqrt(squares / static_cast<double>(x.size())));
}

}  // namespace

void add_sub_norms(Llama& model, std::span<const int32_t> ids, int64_t B) {
  std::vector<Parameters::Declaration> gains;
  std::vector<float> starts;
  watch_inputs(model, ids, B, [&](size_t i, const Tensor& x) {
    const Llama::Linear& linear = model.linears()[i];
    if (!has_sub_norm(linear)) return;
    gains.push_back({linear.name + ".sub_norm", {linear.I}});
    starts.push_back(root_mean_square(x));
  });
  Parameters& parameters = model.parameters();
  parameters.allocate(gains, parameters.all().front().tensor.requires_grad());
  for (size_t i = 0; i < gains.size(); ++i) {
    std::ranges::fill(parameters.at(gains[i].name).values<float>(), starts[i]);
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
