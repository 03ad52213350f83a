#include "tern/ops/kl_loss.h"

#include "tern/kernels/kl_loss.h"
#include "tern/ops/row_loss.h"

namespace tern {

Tensor kl_loss(const Tensor& student, const Tensor& teacher, float temperature) {
  const Zone zone("kl_loss");
  check_row_loss("kl_loss", student, teacher);
  check(temperature > 0, "kl_loss: the temperature must be above 0, found {}", temperature);
  check(!teacher.requires_grad(),
        "kl_loss: the teacher must not require a gradient; run it without a tape or clone() its "
        "logits");
  const int64_t N = student.rows();
  const Tensor losses = Tensor::empty({N}, DType::f32);
  const Tensor student_lse = Tensor::empty({N}, DType::f32);
  const Tensor teacher_lse = Tensor::empty({N}, DType::f32);
  for_float_type("kl_loss", student.dtype(), [&]<class T>() {
    kernels::kl_loss_fwd(matrix<const T>(student), matrix<const T>(teacher), temperature,
                         losses.data<float>(), student_lse.data<float>(),
                         teacher_lse.data<float>());
  });
  const Tensor loss = mean_of_rows(losses);

  record("kl_loss", loss, {student}, [=] {
    for_float_type("kl_loss", student.dtype(), [&]<class T>() {
      kernels::kl_loss_bwd(row_gradients(loss, N).data(), matrix<const T>(student),
                           matrix<const T>(teacher), temperature, student_lse.data<float>(),
                           teacher_lse.data<float>(), matrix<T>(gradient(student)));
    });
  });
  return loss;
}

}  // namespace tern
