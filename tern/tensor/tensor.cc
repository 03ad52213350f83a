#include "tern/tensor/tensor.h"

#include <cstring>

#include "tern/base/error.h"
#include "tern/tensor/arena.h"

namespace tern {

int64_t element_count(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) count *= extent;
  return count;
}

std::string to_string(const Shape& shape) {
  std::string out = "(";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) out += ", ";
    out += std::to_string(shape[i]);
  }
  return out + ")";
}

Tensor Tensor::empty(Shape shape, DType dtype) {
  for (const int64_t extent : shape) {
    check(extent >= 0, "a tensor cannot have the shape {}", to_string(shape));
  }
  const size_t bytes = static_cast<size_t>(element_count(shape)) * size_of(dtype);
  std::shared_ptr<void> block = arena_allocate(bytes);
  void* data = block.get();
  return over(std::move(block), data, std::move(shape), dtype);
}

Tensor Tensor::zeros(Shape shape, DType dtype) {
  Tensor out = empty(std::move(shape), dtype);
  std::memset(out.raw(), 0, out.bytes());
  return out;
}

Tensor Tensor::from(std::span<const float> values, Shape shape) {
  Tensor out = empty(std::move(shape), DType::f32);
  check(out.size() == static_cast<int64_t>(values.size()), "{} numbers do not fill the shape {}",
        values.size(), to_string(out.shape()));
  std::memcpy(out.raw(), values.data(), out.bytes());
  return out;
}

Tensor Tensor::from(std::span<const int32_t> values, Shape shape) {
  Tensor out = empty(std::move(shape), DType::i32);
  check(out.size() == static_cast<int64_t>(values.size()), "{} numbers do not fill the shape {}",
        values.size(), to_string(out.shape()));
  std::memcpy(out.raw(), values.data(), out.bytes());
  return out;
}

Tensor Tensor::over(std::shared_ptr<void> owner, void* data, Shape shape, DType dtype) {
  Tensor out;
  out.shape_ = std::move(shape);
  out.node_ = std::make_shared<Node>();
  out.node_->dtype = dtype;
  out.node_->gradient_dtype = dtype;
  out.node_->data = data;
  out.node_->owner = std::move(owner);
  return out;
}

int64_t Tensor::dim(int64_t axis) const {
  const int64_t index = axis < 0 ? axis + rank() : axis;
  check(index >= 0 && index < rank(), "a tensor of shape {} has no axis {}", to_string(shape_),
        axis);
  return shape_[static_cast<size_t>(index)];
}

float Tensor::item() const {
  check(size() == 1, "expected a tensor of one number, found the shape {}", to_string(shape_));
  return *data<float>();
}

Tensor Tensor::reshaped(Shape shape) const {
  check(element_count(shape) == size(), "shape {} cannot be seen as {}", to_string(shape_),
        to_string(shape));
  Tensor out = *this;
  out.shape_ = std::move(shape);
  return out;
}

Tensor Tensor::clone() const {
  Tensor out = empty(shape_, dtype());
  std::memcpy(out.raw(), raw(), bytes());
  return out;
}

Tensor Tensor::gradient_slot() const {
  Tensor out;
  if (!node_->gradient) return out;
  out.shape_ = shape_;
  out.node_ = node_->gradient;
  return out;
}

void Tensor::set_gradient(const Tensor& gradient) const {
  check(gradient.size() == size(), "a gradient of shape {} does not fit a tensor of shape {}",
        to_string(gradient.shape()), to_string(shape_));
  node_->gradient = gradient.node_;
  node_->gradient_dtype = gradient.dtype();
}

void Tensor::expect_dtype(DType wanted) const {
  check(dtype() == wanted, "expected a {} tensor, found {} {}", name_of(wanted), name_of(dtype()),
        to_string(shape_));
}

}  // namespace tern
