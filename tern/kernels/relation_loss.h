#pragma once

#include <cstdint>

#include "tern/base/bf16.h"

namespace tern::kernels {

/// B sequences of T positions with H heads of width D.
struct RelationShape {
  int64_t B = 0, T = 0, H = 0, D = 0;
};

/// For every sequence and head, R = softmax(A A^T / sqrt(D)) of its rows A (T, D):
/// loss[b, h] = sum over positions of KL(R teacher || R student) in nats. student and teacher are
/// (B, T, H, D), N is float or bf16; R lives for a head at a time and in float. Where dstudent is
/// not null, adds into it (float, the same shape) the gradient of scale * the sum of all losses:
/// with G = R student - R teacher, dA = scale (G + G^T) A / sqrt(D).
template <class N>
void relation_loss_fwd_bwd(const RelationShape& shape, const N* student, const N* teacher,
                           float scale, float* loss, float* dstudent);

}  // namespace tern::kernels
