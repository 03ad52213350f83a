#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "tern/base/bf16.h"
#include "tern/base/f16.h"
#include "tern/tensor/dtype.h"

namespace tern {

using Shape = std::vector<int64_t>;

int64_t element_count(const Shape& shape);
/// "(4, 256, 576)"
std::string to_string(const Shape& shape);

/// The DType of a C++ number type.
template <class T>
constexpr DType dtype_of() {
  using U = std::remove_const_t<T>;
  if constexpr (std::is_same_v<U, float>) return DType::f32;
  if constexpr (std::is_same_v<U, bf16>) return DType::bf16;
  if constexpr (std::is_same_v<U, f16>) return DType::f16;
  if constexpr (std::is_same_v<U, int8_t>) return DType::i8;
  if constexpr (std::is_same_v<U, uint8_t>) return DType::u8;
  if constexpr (std::is_same_v<U, int32_t>) return DType::i32;
  if constexpr (std::is_same_v<U, int64_t>) return DType::i64;
}

/// A shared handle on contiguous, row-major, 64-byte-aligned numbers from the arena. Copying the
/// handle shares the numbers, the gradient and the requires_grad mark; reshaped() does too. The
/// gradient is a slot that the tape fills (tern/autograd/tape.h).
class Tensor {
 public:
  /// A handle on nothing; defined() is false.
  Tensor() = default;
  static Tensor empty(Shape shape, DType dtype);
  static Tensor zeros(Shape shape, DType dtype = DType::f32);
  static Tensor from(std::span<const float> values, Shape shape);
  static Tensor from(std::span<const int32_t> values, Shape shape);
  static Tensor scalar(float value) { return from(std::span<const float>(&value, 1), {1}); }
  /// A tensor on memory that `owner` keeps alive, such as a slice of a flat buffer.
  static Tensor over(std::shared_ptr<void> owner, void* data, Shape shape, DType dtype);

  bool defined() const { return node_ != nullptr; }
  const Shape& shape() const { return shape_; }
  DType dtype() const { return node_->dtype; }
  int64_t rank() const { return static_cast<int64_t>(shape_.size()); }
  /// Extent of an axis; negative axes count from the end.
  int64_t dim(int64_t axis) const;
  int64_t size() const { return element_count(shape_); }
  size_t bytes() const { return static_cast<size_t>(size()) * size_of(dtype()); }
  /// The tensor seen as a matrix: the last axis is a row.
  int64_t cols() const { return shape_.empty() ? 1 : shape_.back(); }
  int64_t rows() const { return cols() == 0 ? 0 : size() / cols(); }

  void* raw() const { return node_->data; }
  /// The numbers; throws unless T is the tensor's type.
  template <class T>
  T* data() const {
    expect_dtype(dtype_of<T>());
    return static_cast<T*>(node_->data);
  }
  template <class T>
  std::span<T> values() const {
    return {data<T>(), static_cast<size_t>(size())};
  }
  /// A copy of the numbers of a float32 tensor.
  std::vector<float> to_vector() const {
    const auto all = values<const float>();
    return {all.begin(), all.end()};
  }
  /// The one number of a float32 tensor of size 1.
  float item() const;

  /// The same numbers and gradient under another shape of the same size.
  Tensor reshaped(Shape shape) const;
  /// A copy with its own numbers and no gradient.
  Tensor clone() const;
  /// True when both handles share their numbers.
  bool same_as(const Tensor& other) const { return node_ == other.node_; }

  /// Whether the tape has to find its gradient; a handle on nothing needs none.
  bool requires_grad() const { return defined() && node_->requires_grad; }
  void set_requires_grad(bool value) const { node_->requires_grad = value; }
  /// Type of the gradient: the tensor's own unless set (a bf16 copy of a float32 weight collects
  /// its gradient in float32).
  DType gradient_dtype() const { return node_->gradient_dtype; }
  void set_gradient_dtype(DType dtype) const { node_->gradient_dtype = dtype; }
  bool has_gradient() const { return node_->gradient != nullptr; }
  /// The gradient slot, in this handle's shape; undefined when empty.
  Tensor gradient_slot() const;
  void set_gradient(const Tensor& gradient) const;
  void clear_gradient() const { node_->gradient.reset(); }

 private:
  struct Node {
    DType dtype = DType::f32;
    DType gradient_dtype = DType::f32;
    bool requires_grad = false;
    void* data = nullptr;
    std::shared_ptr<void> owner;
    std::shared_ptr<Node> gradient;
  };

  void expect_dtype(DType wanted) const;

  Shape shape_;
  std::shared_ptr<Node> node_;
};

}  // namespace tern
