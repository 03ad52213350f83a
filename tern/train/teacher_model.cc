#include "tern/train/teacher_model.h"

#include "tern/model/frozen_model.h"
#include "tern/ops/cast.h"

namespace tern {
namespace {

/// (1, T, ...) as (T, width), rounded to bf16.
Tensor feature(const Tensor& x) {
  const int64_t T = x.dim(1);
  return cast(x, DType::bf16).reshaped({T, x.size() / T});
}

}  // namespace

TeacherModel::TeacherModel(const std::filesystem::path& folder, DType compute)
    : model_(load_frozen_llama(folder, compute)), head_(model_.head()) {}

TeacherWindow TeacherModel::look(std::span<const int32_t> inputs, std::span<const int32_t> targets,
                                 const TeacherQuestion& question) {
  Taps taps{.hidden_blocks = question.hidden_blocks, .attention_block = question.attention_block};
  const Tensor x = model_.hidden(inputs, 1, &taps);
  TeacherWindow out{.tokens =
                        head_top_tokens(x, head_, targets, question.top_k, question.temperatures)};
  for (const Tensor& hidden : taps.hidden) out.hidden.push_back(feature(hidden));
  if (question.attention_block >= 0) {
    out.queries = feature(taps.queries);
    out.keys = feature(taps.keys);
    out.values = feature(taps.values);
  }
  return out;
}

}  // namespace tern
