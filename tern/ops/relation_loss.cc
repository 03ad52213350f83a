#include "tern/ops/relation_loss.h"

#include <numeric>
#include <vector>

#include "tern/kernels/cast.h"
#include "tern/kernels/relation_loss.h"
#include "tern/ops/op.h"

namespace tern {

Tensor relation_loss(const Tensor& student, const Tensor& teacher, int64_t heads) {
  const Zone zone("relation_loss");
  check_same_shape("relation_loss", student, teacher);
  check(student.rank() == 4 && student.size() > 0 && student.dtype() == teacher.dtype(),
        "relation_loss: expected two (B, T, H, D) tensors of one type, found {} {} and {} {}",
        name_of(student.dtype()), to_string(student.shape()), name_of(teacher.dtype()),
        to_string(teacher.shape()));
  check(!teacher.requires_grad(), "relation_loss: the teacher must not require a gradient");
  const int64_t width = student.dim(2) * student.dim(3);
  const int64_t H = heads > 0 ? heads : student.dim(2);
  check(width % H == 0, "relation_loss: {} numbers of a position do not split into {} heads", width,
        H);
  const kernels::RelationShape shape = {student.dim(0), student.dim(1), H, width / H};
  const float scale = 1.0f / static_cast<float>(shape.B * shape.T * H);

  // The gradient is made with the loss, while the relations are at hand: T^2 numbers of each head
  // would have to be kept or made again.
  const bool wanted = Tape::current() != nullptr && student.requires_grad();
  const Tensor slopes = wanted ? Tensor::zeros(student.shape()) : Tensor();
  std::vector<float> losses(static_cast<size_t>(shape.B * H));
  for_float_type("relation_loss", student.dtype(), [&]<class T>() {
    kernels::relation_loss_fwd_bwd(shape, student.data<const T>(), teacher.data<const T>(), scale,
                                   losses.data(), wanted ? slopes.data<float>() : nullptr);
  });
  const double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
  const Tensor loss = Tensor::scalar(static_cast<float>(sum * scale));

  record("relation_loss", loss, {student}, [=] {
    const float upstream = loss.gradient_slot().item();
    for (float& slope : slopes.values<float>()) slope *= upstream;
    for_float_type("relation_loss", student.dtype(), [&]<class T>() {
      kernels::add_cast(slopes.data<const float>(), gradient(student).data<T>(), student.size());
    });
  });
  return loss;
}

}  // namespace tern
