#include "tern/kernels/kl_loss.h"

#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Softmax of logits / t is e^((logit - max) / t) / sum.
struct Normalizer {
  float max = 0;
  float sum = 0;
};

template <class T>
Normalizer normalizer(const T* logits, float inverse_t, int64_t V) {
  const auto logit = [&](int64_t v) { return static_cast<float>(logits[v]); };
  const float max = lane_max(V, logit(0), logit);
  return {max, lane_sum(V, [&](int64_t v) { return fast_exp((logit(v) - max) * inverse_t); })};
}

/// KL(teacher || student) of one row, as the mean under the teacher of the difference of shifted
/// logits, plus the logarithm of the ratio of the sums: no large numbers cancel.
template <class T>
float divergence(const T* student, const T* teacher, const Normalizer& s, const Normalizer& t,
                 float inverse_t, int64_t V) {
  const float mean =
      lane_sum(V,
               [&](int64_t v) {
                 const float at_student = (static_cast<float>(student[v]) - s.max) * inverse_t;
                 const float at_teacher = (static_cast<float>(teacher[v]) - t.max) * inverse_t;
                 return fast_exp(at_teacher) * (at_teacher - at_student);
               }) /
      t.sum;
  return mean + std::log(s.sum / t.sum);
}

template <class T>
void backward_row(float scale, const T* student, const T* teacher, float inverse_t,
                  float student_lse, float teacher_lse, int64_t V, T* dstudent) {
  for (int64_t v = 0; v < V; ++v) {
    const float p_student = fast_exp(static_cast<float>(student[v]) * inverse_t - student_lse);
    const float p_teacher = fast_exp(static_cast<float>(teacher[v]) * inverse_t - teacher_lse);
    dstudent[v] = static_cast<T>(static_cast<float>(dstudent[v]) + scale * (p_student - p_teacher));
  }
}

}  // namespace

template <class T>
void kl_loss_fwd(Matrix<const T> student, Matrix<const T> teacher, float temperature, float* loss,
                 float* student_log_sum_exp, float* teacher_log_sum_exp) {
  const int64_t V = student.cols;
  const float inverse_t = 1.0f / temperature;
  parallel_for(student.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const Normalizer s = normalizer(student.row(n), inverse_t, V);
      const Normalizer t = normalizer(teacher.row(n), inverse_t, V);
      student_log_sum_exp[n] = s.max * inverse_t + std::log(s.sum);
      teacher_log_sum_exp[n] = t.max * inverse_t + std::log(t.sum);
      loss[n] = temperature * temperature *
                divergence(student.row(n), teacher.row(n), s, t, inverse_t, V);
    }
  });
}

template <class T>
void kl_loss_bwd(const float* dloss, Matrix<const T> student, Matrix<const T> teacher,
                 float temperature, const float* student_log_sum_exp,
                 const float* teacher_log_sum_exp, Matrix<T> dstudent) {
  parallel_for(student.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      backward_row(dloss[n] * temperature, student.row(n), teacher.row(n), 1.0f / temperature,
                   student_log_sum_exp[n], teacher_log_sum_exp[n], student.cols, dstudent.row(n));
    }
  });
}

template void kl_loss_fwd(Matrix<const float>, Matrix<const float>, float, float*, float*, float*);
template void kl_loss_fwd(Matrix<const bf16>, Matrix<const bf16>, float, float*, float*, float*);
template void kl_loss_bwd(const float*, Matrix<const float>, Matrix<const float>, float,
                          const float*, const float*, Matrix<float>);
template void kl_loss_bwd(const float*, Matrix<const bf16>, Matrix<const bf16>, float, const float*,
                          const float*, Matrix<bf16>);

}  // namespace tern::kernels
