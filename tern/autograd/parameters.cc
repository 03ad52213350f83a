#include "tern/autograd/parameters.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <unordered_set>

#include "tern/base/error.h"

namespace tern {
namespace {

/// Every parameter starts on a cache line.
constexpr int64_t kAlignment = 16;

int64_t padded(int64_t count) { return (count + kAlignment - 1) / kAlignment * kAlignment; }

/// A tensor on part of a flat buffer, which it keeps alive.
Tensor slice(const Tensor& buffer, int64_t offset, const Shape& shape) {
  return Tensor::over(std::make_shared<Tensor>(buffer), buffer.data<float>() + offset, shape,
                      DType::f32);
}

}  // namespace

void Parameters::allocate(const std::vector<Declaration>& declarations, bool with_gradients) {
  std::unordered_set<std::string_view> names;
  for (const Parameter& parameter : parameters_) names.insert(parameter.name);
  int64_t total = 0;
  for (const auto& [name, shape] : declarations) {
    check(names.insert(name).second, "the model has two parameters named {}", name);
    total += padded(element_count(shape));
  }

  const Tensor weights = Tensor::empty({total}, DType::f32);
  const Tensor gradients = with_gradients ? Tensor::zeros({total}) : Tensor();
  if (with_gradients) gradient_buffers_.push_back(gradients);
  int64_t offset = 0;
  for (const auto& [name, shape] : declarations) {
    const Tensor tensor = slice(weights, offset, shape);
    if (with_gradients) {
      tensor.set_requires_grad(true);
      tensor.set_gradient(slice(gradients, offset, shape));
    }
    parameters_.push_back({name, tensor});
    offset += padded(element_count(shape));
  }
}

void Parameters::add(const std::string& name, const Tensor& tensor) {
  for (const Parameter& parameter : parameters_) {
    check(parameter.name != name, "the model has two parameters named {}", name);
  }
  parameters_.push_back({name, tensor});
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

void Parameters::release_gradients() {
  // Memory of an arena is the process's own, of which pages that went come back as zeros. Those at
  // the ends are shared with others.
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  for (const Tensor& buffer : gradient_buffers_) {
    auto* const begin = static_cast<std::byte*>(buffer.raw());
    void* whole = begin;
    size_t left = buffer.bytes();
    if (std::align(page, page, whole, left) != nullptr) {
      ::madvise(whole, left / page * page, MADV_DONTNEED);
      auto* const first = static_cast<std::byte*>(whole);
      std::memset(begin, 0, static_cast<size_t>(first - begin));
      std::memset(first + left / page * page, 0, left % page);
    } else {
      std::memset(begin, 0, buffer.bytes());
    }
  }
}

}  // namespace tern
