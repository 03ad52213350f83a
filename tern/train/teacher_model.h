#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "tern/model/llama.h"
#include "tern/ops/teacher_tokens.h"

namespace tern {

/// What a teacher is asked about every token.
struct TeacherQuestion {
  int64_t top_k = 32;
  std::vector<float> temperatures = {1};
  std::vector<int64_t> hidden_blocks = {};  // blocks whose output is wanted
  int64_t attention_block = -1;             // the one whose queries, keys and values are; -1: none
};

/// Its answer for one window of T tokens. Features are rounded to bf16.
struct TeacherWindow {
  TopTokens tokens;
  std::vector<Tensor> hidden = {};              // (T, C) bf16, in the order of hidden_blocks
  Tensor queries = {}, keys = {}, values = {};  // (T, H D) and (T, K D) bf16
};

/// The full-precision model as a teacher. It looks at one window at a time, whatever the batch, so
/// that a window's answer has the same bits wherever it is computed.
class TeacherModel {
 public:
  /// Reads the model; matrix products are of the type `compute`.
  TeacherModel(const std::filesystem::path& folder, DType compute);

  /// `targets` are the T tokens that follow, -1 where none counts.
  TeacherWindow look(std::span<const int32_t> inputs, std::span<const int32_t> targets,
                     const TeacherQuestion& question);

 private:
  Llama model_;
  Tensor head_;
};

}  // namespace tern
