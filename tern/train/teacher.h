#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tern/train/teacher_model.h"

namespace tern {

class TeacherRecords;

/// What a recipe asks its teacher.
struct TeacherOptions {
  int64_t length = 256;  // T
  int64_t top_k = 32;
  float temperature = 1;
  std::vector<int64_t> hidden_blocks = {};
  int64_t attention_block = -1;  // -1: none

  /// The same as a question about each window.
  TeacherQuestion question() const;
  /// Throws for what no teacher could answer.
  void check() const;
};

/// A teacher's answers for a batch of B windows. Features are bf16, as a cache keeps them.
struct TeacherBatch {
  TeacherTokens tokens;                         // of B T tokens
  std::vector<Tensor> hidden = {};              // (B, T, C)
  Tensor queries = {}, keys = {}, values = {};  // (B, T, H, D), (B, T, K, D)
};

/// The frozen full-precision model, whose predictions a student is trained towards. What `tern
/// teacher` has kept of it is read, the rest computed; either way the numbers have the same bits
/// (for one number of threads). The model is loaded when the first window has to be computed: with
/// all of them kept, never.
class Teacher {
 public:
  /// `kept` are its answers to these options, if any were kept.
  Teacher(std::filesystem::path model, std::unique_ptr<TeacherRecords> kept,
          const TeacherOptions& options);
  ~Teacher();

  /// `windows` are the B indices of their batch, -1 where there is none; inputs and
  /// targets hold B T tokens.
  TeacherBatch look(std::span<const int32_t> inputs, std::span<const int32_t> targets,
                    std::span<const int64_t> windows);

  /// True once the model had to be loaded.
  bool loaded() const { return model_ != nullptr; }

 private:
  TeacherWindow look_at_one(std::span<const int32_t> inputs, std::span<const int32_t> targets,
                            int64_t window);

  std::filesystem::path folder_;
  TeacherOptions options_;
  LlamaConfig config_;
  DType compute_;
  std::unique_ptr<TeacherRecords> kept_;
  std::unique_ptr<TeacherModel> model_;
};

}  // namespace tern
