#pragma once

#include <cstdint>

#include "tern/tensor/tensor.h"

namespace tern {

/// y = R x for every block of neighbours along the last axis: R = H S / sqrt(block), with fixed
/// random signs S and the Hadamard matrix H, is orthonormal (QuaRot, arXiv 2404.00456; before
/// quantizing activations: BitNet v2, arXiv 2504.18415). x (..., C) f32 or bf16; y has its shape
/// and type. `block` is a power of two from 2 that divides C: 64 for the 576 = 9 * 64 of
/// SmolLM-135M. Backward: dx = R^T dy.
Tensor hadamard(const Tensor& x, int64_t block);

/// w <- w R^T for a weight (O, I) f32, in place, so that hadamard(x) w^T is what x w^T was.
void rotate_weights(const Tensor& w, int64_t block);

/// Throws unless `block` is a power of two from 2 that divides `width`.
void check_hadamard_block(int64_t block, int64_t width);

}  // namespace tern
