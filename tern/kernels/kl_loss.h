#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// Distillation by logits (Hinton, Vinyals and Dean 2015): the forward divergence
/// loss[n] = t^2 KL(softmax(teacher[n] / t) || softmax(student[n] / t)) in nats, t > 0 being the
/// temperature. student and teacher are (N, V) and finite, loss (N) is float. The logarithms of the
/// two softmax denominators, (N) each, are kept for the backward pass. T is float or bf16.
template <class T>
void kl_loss_fwd(Matrix<const T> student, Matrix<const T> teacher, float temperature, float* loss,
                 float* student_log_sum_exp, float* teacher_log_sum_exp);

/// Adds into dstudent (N, V) the gradient for dloss (N):
/// dstudent += dloss t (softmax(student / t) - softmax(teacher / t)).
template <class T>
void kl_loss_bwd(const float* dloss, Matrix<const T> student, Matrix<const T> teacher,
                 float temperature, const float* student_log_sum_exp,
                 const float* teacher_log_sum_exp, Matrix<T> dstudent);

}  // namespace tern::kernels
