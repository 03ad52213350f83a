#include "tern/ops/reduce.h"

#include "tern/kernels/elementwise.h"
#include "tern/kernels/sum.h"
#include "tern/ops/op.h"

namespace tern {
namespace {

/// y = factor times the sums of x that `add_sums(x, y)` makes. The strides say how y is read as a
/// matrix of x's shape: where they are 0, one number of y stands for several of x.
template <class AddSums>
Tensor reduce(const char* op, const Tensor& x, Shape shape, int64_t row_stride, int64_t col_stride,
              float factor, AddSums&& add_sums) {
  const Zone zone(op);
  check(x.dtype() == DType::f32, "{}: expected an f32 tensor, found {}; cast it first", op,
        name_of(x.dtype()));
  const Tensor y = Tensor::zeros(std::move(shape));
  add_sums(matrix<const float>(x), y.data<float>());
  for (float& value : y.values<float>()) value *= factor;

  record(op, y, {x}, [=] {
    const auto [dx, fresh] = writable_gradient(x);
    kernels::elementwise(
        fresh ? kernels::Into::overwrite : kernels::Into::accumulate, matrix<float>(dx),
        [=](float dy) { return factor * dy; },
        {y.gradient_slot().data<float>(), x.rows(), x.cols(), row_stride, col_stride});
  });
  return y;
}

Tensor over_all(const char* op, const Tensor& x, float factor) {
  return reduce(op, x, {1}, 0, 0, factor, [](kernels::Matrix<const float> x, float* y) {
    *y = kernels::sum({x.data, 1, x.size()});
  });
}

Tensor over_last(const char* op, const Tensor& x, float factor) {
  Shape shape = x.shape();
  if (!shape.empty()) shape.back() = 1;
  return reduce(op, x, std::move(shape), 1, 0, factor, kernels::add_sums_of_rows);
}

Tensor over_rows(const char* op, const Tensor& x, float factor) {
  return reduce(op, x, {x.cols()}, 0, 1, factor, kernels::add_sums_of_columns);
}

float one_over(const char* op, int64_t count) {
  check(count > 0, "{}: there are no numbers to average", op);
  return 1.0f / static_cast<float>(count);
}

}  // namespace

Tensor sum(const Tensor& x) { return over_all("sum", x, 1); }
Tensor mean(const Tensor& x) { return over_all("mean", x, one_over("mean", x.size())); }

Tensor sum_last(const Tensor& x) { return over_last("sum_last", x, 1); }
Tensor mean_last(const Tensor& x) {
  return over_last("mean_last", x, one_over("mean_last", x.cols()));
}

Tensor sum_rows(const Tensor& x) { return over_rows("sum_rows", x, 1); }
Tensor mean_rows(const Tensor& x) {
  return over_rows("mean_rows", x, one_over("mean_rows", x.rows()));
}

}  // namespace tern
