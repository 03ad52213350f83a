#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Distillation by logits (Hinton, Vinyals and Dean 2015): the mean over rows (the last axis) of
/// t^2 KL(softmax(teacher / t) || softmax(student / t)) in nats, t being the temperature; a float32
/// scalar. student and teacher share shape and type, f32 or bf16. The teacher must not require a
/// gradient.
Tensor kl_loss(const Tensor& student, const Tensor& teacher, float temperature = 1.0f);

}  // namespace tern
