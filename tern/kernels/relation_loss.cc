#include "tern/kernels/relation_loss.h"

#include <cmath>

#include "tern/kernels/gemm.h"
#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/kernels/scratch.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Working memory of one head: rows of student and teacher, and their scores.
struct HeadMemory {
  Matrix<float> student, teacher, student_scores, teacher_scores;

  static HeadMemory take(const RelationShape& s) {
    thread_local Scratch<float> scratch;
    const int64_t rows = s.T * s.D, relations = s.T * s.T;
    float* at = scratch.at_least(2 * rows + 2 * relations);
    return {{at, s.T, s.D},
            {at + rows, s.T, s.D},
            {at + 2 * rows, s.T, s.T},
            {at + 2 * rows + relations, s.T, s.T}};
  }
};

/// Rows of one head, out of (B, T, H, D), times `scale`.
template <class N>
void gather(const RelationShape& s, const N* from, int64_t b, int64_t h, float scale,
            Matrix<float> to) {
  for (int64_t t = 0; t < s.T; ++t) {
    const N* row = from + ((b * s.T + t) * s.H + h) * s.D;
    for (int64_t d = 0; d < s.D; ++d) to.row(t)[d] = scale * static_cast<float>(row[d]);
  }
}

/// KL(teacher || student) of one row of scores. Leaves the difference of the two softmaxes, student
/// - teacher, in place of the student's scores.
float divergence(float* student, const float* teacher, int64_t T) {
  const float top_s = lane_max(T, student[0], [&](int64_t j) { return student[j]; });
  const float top_t = lane_max(T, teacher[0], [&](int64_t j) { return teacher[j]; });
  const float sum_s = lane_sum(T, [&](int64_t j) { return fast_exp(student[j] - top_s); });
  const float sum_t = lane_sum(T, [&](int64_t j) { return fast_exp(teacher[j] - top_t); });
  // The mean under the teacher of the difference of shifted scores, as in kl_loss.cc.
  const float mean = lane_sum(T, [&](int64_t j) {
    const float at_teacher = teacher[j] - top_t;
    return fast_exp(at_teacher) * (at_teacher - (student[j] - top_s));
  });
  for (int64_t j = 0; j < T; ++j) {
    student[j] = fast_exp(student[j] - top_s) / sum_s - fast_exp(teacher[j] - top_t) / sum_t;
  }
  return mean / sum_t + std::log(sum_s / sum_t);
}

/// m += m^T in place.
void add_transpose(Matrix<float> m) {
  for (int64_t i = 0; i < m.rows; ++i) {
    m.row(i)[i] *= 2;
    for (int64_t j = 0; j < i; ++j) {
      const float both = m.row(i)[j] + m.row(j)[i];
      m.row(i)[j] = both;
      m.row(j)[i] = both;
    }
  }
}

/// Loss of one head; with `dstudent`, adds the gradient of scale times it.
template <class N>
float head_loss(const RelationShape& s, const N* student, const N* teacher, int64_t b, int64_t h,
                float scale, float* dstudent) {
  const HeadMemory memory = HeadMemory::take(s);
  // The fourth root for either factor of A A^T / sqrt(D).
  const float root = std::pow(static_cast<float>(s.D), -0.25f);
  gather(s, student, b, h, root, memory.student);
  gather(s, teacher, b, h, root, memory.teacher);
  gemm(memory.student, memory.student.t(), memory.student_scores, Into::overwrite);
  gemm(memory.teacher, memory.teacher.t(), memory.teacher_scores, Into::overwrite);
  float loss = 0;
  for (int64_t t = 0; t < s.T; ++t) {
    loss += divergence(memory.student_scores.row(t), memory.teacher_scores.row(t), s.T);
  }
  if (dstudent == nullptr) return loss;
  add_transpose(memory.student_scores);  // which hold the differences by now
  gemm(memory.student_scores, memory.student, memory.teacher, Into::overwrite);
  for (int64_t t = 0; t < s.T; ++t) {
    float* row = dstudent + ((b * s.T + t) * s.H + h) * s.D;
    const float* slope = memory.teacher.row(t);
    for (int64_t d = 0; d < s.D; ++d) row[d] += scale * root * slope[d];
  }
  return loss;
}

}  // namespace

template <class N>
void relation_loss_fwd_bwd(const RelationShape& shape, const N* student, const N* teacher,
                           float scale, float* loss, float* dstudent) {
  parallel_for(shape.B * shape.H, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      loss[i] = head_loss(shape, student, teacher, i / shape.H, i % shape.H, scale, dstudent);
    }
  });
}

template void relation_loss_fwd_bwd(const RelationShape&, const float*, const float*, float, float*,
                                    float*);
template void relation_loss_fwd_bwd(const RelationShape&, const bf16*, const bf16*, float, float*,
                                    float*);

}  // namespace tern::kernels
