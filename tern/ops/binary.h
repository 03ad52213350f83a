#pragma once

#include "tern/autograd/tape.h"
#include "tern/base/profile.h"
#include "tern/kernels/elementwise.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// Two f32 tensors as the operands of one elementwise op. Their shapes are equal, or one of them is
/// a scalar (one number), a row (C) for all rows, or a column (..., 1) for all columns of the
/// other, which is (..., C). The result has the larger shape.
class Operands {
 public:
  /// Throws Error, naming `op`, when the shapes or types do not fit.
  Operands(const char* op, const Tensor& a, const Tensor& b);

  const Shape& shape() const { return shape_; }
  /// A tensor of the result's shape as the matrix that the loop runs over.
  kernels::Matrix<float> whole(const Tensor& x) const { return {x.data<float>(), rows_, cols_}; }
  /// An operand as such a matrix, its strides 0 where it stands for several numbers.
  kernels::Matrix<const float> operand(const Tensor& x) const;
  /// Adds to the gradient of operand x what `make(into, y)` makes in the result's shape: straight
  /// into the gradient, or summed over the numbers that x stands for.
  template <class Make>
  void add_gradient(const Tensor& x, Make&& make) const {
    using kernels::Into;
    if (!x.requires_grad()) return;
    if (x.shape() == shape_) {
      const auto [dx, fresh] = writable_gradient(x);
      make(fresh ? Into::overwrite : Into::accumulate, whole(dx));
    } else {
      const Tensor spread = Tensor::empty(shape_, DType::f32);
      make(Into::overwrite, whole(spread));
      add_sums(spread, x);
    }
  }

 private:
  void add_sums(const Tensor& spread, const Tensor& x) const;

  Shape shape_;
  int64_t rows_, cols_;
};

/// y = forward(a, b), number by number, for any function of two floats and any shapes that Operands
/// takes. `da(a, b)` and `db(a, b)` are its derivatives. `op` is a literal that names the function.
template <class Forward, class DerivativeA, class DerivativeB>
Tensor binary(const char* op, const Tensor& a, const Tensor& b, Forward forward, DerivativeA da,
              DerivativeB db) {
  using kernels::Into, kernels::Matrix;
  const Zone zone(op);
  const Operands operands(op, a, b);
  const Tensor y = Tensor::empty(operands.shape(), DType::f32);
  kernels::elementwise(Into::overwrite, operands.whole(y), forward, operands.operand(a),
                       operands.operand(b));

  record(op, y, {a, b}, [=] {
    const auto chain = [&](const Tensor& x, const auto& derivative) {
      operands.add_gradient(x, [&](Into into, Matrix<float> dx) {
        const auto slope = [&](float dy, float a, float b) { return dy * derivative(a, b); };
        kernels::elementwise(into, dx, slope, operands.whole(y.gradient_slot()),
                             operands.operand(a), operands.operand(b));
      });
    };
    chain(a, da);
    chain(b, db);
  });
  return y;
}

Tensor add(const Tensor& a, const Tensor& b);
Tensor sub(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, const Tensor& b);
Tensor div(const Tensor& a, const Tensor& b);
/// The larger of two numbers; the gradient goes to it, and to a when they are equal.
Tensor maximum(const Tensor& a, const Tensor& b);

}  // namespace tern
