#pragma once

#include "tern/autograd/tape.h"
#include "tern/base/error.h"
#include "tern/base/profile.h"
#include "tern/kernels/view.h"
#include "tern/tensor/tensor.h"

// What the .cc files of ops share. Recipes include the ops' own headers, not this one.

namespace tern {

/// A tensor as the matrix that kernels take: its last axis is a row.
template <class T>
kernels::Matrix<T> matrix(const Tensor& x) {
  return {x.data<std::remove_const_t<T>>(), x.rows(), x.cols()};
}

/// Calls body.template operator()<T>() with T the C++ type of a float32 or bf16 tensor.
template <class Body>
void for_float_type(const char* op, DType dtype, Body&& body) {
  if (dtype == DType::f32) return body.template operator()<float>();
  if (dtype == DType::bf16) return body.template operator()<bf16>();
  fail("{}: expected an f32 or bf16 tensor, found {}", op, name_of(dtype));
}

inline void check_same_shape(const char* op, const Tensor& a, const Tensor& b) {
  check(a.shape() == b.shape(), "{}: shapes {} and {} differ", op, to_string(a.shape()),
        to_string(b.shape()));
}

}  // namespace tern
