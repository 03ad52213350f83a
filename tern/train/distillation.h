#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tern/knobs/registry.h"
#include "tern/model/llama.h"
#include "tern/train/teacher.h"

namespace tern {

class Knobs;

/// The knobs `distill...` of a recipe.
struct DistillationOptions {
  std::string kind = "none";  // of distillations(): the loss on predictions
  float mix = 0.5f;           // its share; the rest is cross-entropy
  float temperature = 1;
  int64_t top_k = 32;
  std::string features = "none";  // of feature_losses()
  float feature_weight = 1;
  std::string feature_layers = "all";  // all, last, or blocks such as 3,7,11
  float relations = 0;                 // weight of the attention relations; 0: none
  int64_t relation_layer = -1;         // their block; a negative one counts from the end

  void describe(Knobs& knobs);
  void check() const;
};

/// A loss between the outputs (B, T, C) of a block in student and teacher, f32.
using FeatureLoss = Tensor (*)(const Tensor& student, const Tensor& teacher);

/// By the value of the knob `distill_features`; "none" is null.
Registry<FeatureLoss>& feature_losses();

/// The loss of a student that learns from a teacher:
///   weight * [predictions + feature_weight * mean over the chosen blocks of the feature loss
///             + relations * sum of the relation losses of queries, keys and values of one block]
/// where `predictions` is that of head_distillation, or plain cross-entropy for "none".
class Distillation {
 public:
  /// Throws when a value is unknown, a number out of range, or a block not in a model of so many.
  Distillation(const DistillationOptions& options, int64_t blocks);

  /// False when there is nothing to ask a teacher.
  bool needs_teacher() const;
  /// What the teacher has to be asked about windows of T tokens.
  TeacherOptions teacher_options(int64_t T) const;

  /// The loss as a scalar that backward may start from: it must not be scaled afterwards. Without
  /// need of a teacher that may be null. inputs and targets (B T) as in Llama::loss, windows (B) as
  /// in Teacher::look.
  Tensor loss(Llama& student, Teacher* teacher, std::span<const int32_t> inputs,
              std::span<const int32_t> targets, std::span<const int64_t> windows,
              float weight = 1) const;

 private:
  Tensor features(const Taps& student, const TeacherBatch& teacher) const;

  DistillationOptions options_;
  std::vector<int64_t> hidden_blocks_;
  int64_t attention_block_ = -1;
};

}  // namespace tern
