#include "tern/autograd/parameters.h"

#include <cstring>
#include <unordered_set>

#include "tern/base/error.h"
#include "tern/tensor/arena.h"

namespace tern {
namespace {

/// Every parameter starts on a cache line.
constexpr int64_t kAlignment = 16;

int64_t padded(int64_t count) { return (count + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

void Parameters::allocate(const std::vector<Declaration>& declarations) {
  std::unordered_set<std::string_view> names;
  for (const Parameter& parameter : parameters_) names.insert(parameter.name);
  int64_t total = 0;
  for (const auto& [name, shape] : declarations) {
    check(names.insert(name).second, "the model has two parameters named {}", name);
    total += padded(element_count(shape));
  }

  const auto weights = arena_allocate(static_cast<size_t>(total) * sizeof(float));
  const auto gradients = arena_allocate(static_cast<size_t>(total) * sizeof(float));
  std::memset(gradients.get(), 0, static_cast<size_t>(total) * sizeof(float));
  gradient_buffers_.push_back(Tensor::over(gradients, gradients.get(), {total}, DType::f32));
  int64_t offset = 0;
  for (const auto& [name, shape] : declarations) {
    const auto at = [&](const std::shared_ptr<void>& buffer) {
      return Tensor::over(buffer, static_cast<float*>(buffer.get()) + offset, shape, DType::f32);
    };
    const Tensor tensor = at(weights);
    tensor.set_requires_grad(true);
    tensor.set_gradient(at(gradients));
    parameters_.push_back({name, tensor});
    offset += padded(element_count(shape));
  }
}

const Tensor& Parameters::at(std::string_view name) const {
  for (const Parameter& parameter : parameters_) {
    if (parameter.name == name) return parameter.tensor;
  }
  fail("the model has no parameter named {}", name);
}

int64_t Parameters::count() const {
  int64_t total = 0;
  for (const Parameter& parameter : parameters_) total += parameter.tensor.size();
  return total;
}

void Parameters::zero_gradients() {
  for (const Tensor& buffer : gradient_buffers_) std::memset(buffer.raw(), 0, buffer.bytes());
}

}  // namespace tern
