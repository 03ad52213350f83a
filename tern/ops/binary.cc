#include "tern/ops/binary.h"

#include "tern/base/error.h"
#include "tern/kernels/sum.h"

namespace tern {
namespace {

bool is_column_of(const Tensor& x, const Shape& shape) {
  if (x.rank() != static_cast<int64_t>(shape.size()) || shape.empty()) return false;
  Shape column = shape;
  column.back() = 1;
  return x.shape() == column;
}

bool is_row_of(const Tensor& x, const Shape& shape) {
  return x.rank() == 1 && !shape.empty() && x.dim(0) == shape.back();
}

bool stands_for(const Tensor& x, const Shape& shape) {
  return x.shape() == shape || x.size() == 1 || is_row_of(x, shape) || is_column_of(x, shape);
}

}  // namespace

Operands::Operands(const char* op, const Tensor& a, const Tensor& b) {
  check(a.dtype() == DType::f32 && b.dtype() == DType::f32,
        "{}: expected f32 tensors, found {} and {}; cast them first", op, name_of(a.dtype()),
        name_of(b.dtype()));
  const Tensor& larger =
      a.size() > b.size() || (a.size() == b.size() && a.rank() >= b.rank()) ? a : b;
  shape_ = larger.shape();
  check(stands_for(a, shape_) && stands_for(b, shape_),
        "{}: shapes {} and {} do not fit; they may be equal, or one a scalar, a row (C) or a "
        "column (..., 1) of the other",
        op, to_string(a.shape()), to_string(b.shape()));
  // Numbers that meet one to one are one long row: a narrow tensor is as fast as a wide one.
  const bool equal = a.shape() == b.shape();
  rows_ = equal ? 1 : larger.rows();
  cols_ = equal ? larger.size() : larger.cols();
}

kernels::Matrix<const float> Operands::operand(const Tensor& x) const {
  if (x.shape() == shape_) return whole(x);
  const bool row = is_row_of(x, shape_), column = is_column_of(x, shape_);
  return {x.data<float>(), rows_, cols_, column ? 1 : 0, row ? 1 : 0};
}

void Operands::add_sums(const Tensor& spread, const Tensor& x) const {
  float* dx = gradient(x).data<float>();
  if (x.size() == 1) {
    *dx += kernels::sum(whole(spread));
  } else if (is_row_of(x, shape_)) {
    kernels::add_sums_of_columns(whole(spread), dx);
  } else {
    kernels::add_sums_of_rows(whole(spread), dx);
  }
}

Tensor add(const Tensor& a, const Tensor& b) {
  const auto one = [](float, float) { return 1.0f; };
  return binary(
      "add", a, b, [](float a, float b) { return a + b; }, one, one);
}

Tensor sub(const Tensor& a, const Tensor& b) {
  return binary(
      "sub", a, b, [](float a, float b) { return a - b; }, [](float, float) { return 1.0f; },
      [](float, float) { return -1.0f; });
}

Tensor mul(const Tensor& a, const Tensor& b) {
  return binary(
      "mul", a, b, [](float a, float b) { return a * b; }, [](float, float b) { return b; },
      [](float a, float) { return a; });
}

Tensor div(const Tensor& a, const Tensor& b) {
  return binary(
      "div", a, b, [](float a, float b) { return a / b; }, [](float, float b) { return 1 / b; },
      [](float a, float b) { return -a / (b * b); });
}

Tensor maximum(const Tensor& a, const Tensor& b) {
  const auto takes_b = [](float a, float b) { return b > a || b != b; };  // NaN is kept
  return binary(
      "maximum", a, b, [=](float a, float b) { return takes_b(a, b) ? b : a; },
      [=](float a, float b) { return takes_b(a, b) ? 0.0f : 1.0f; },
      [=](float a, float b) { return takes_b(a, b) ? 1.0f : 0.0f; });
}

}  // namespace tern
