#include "tern/train/distillation.h"

#include <charconv>

#include "tern/base/error.h"
#include "tern/ops/cast.h"
#include "tern/ops/cosine_loss.h"
#include "tern/ops/head_cross_entropy.h"
#include "tern/ops/head_distillation.h"
#include "tern/ops/mse_loss.h"
#include "tern/ops/operators.h"
#include "tern/ops/relation_loss.h"

namespace tern {
namespace {

const RegisterArm features_arm({"distill_features", "",
                                "loss between the blocks' outputs of teacher and student", ""});
const Register<FeatureLoss> none(feature_losses(), "none", nullptr, "none", "");
const Register<FeatureLoss> cosine(feature_losses(), "cosine", cosine_loss,
                                   "1 - cosine: directions count, outliers' sizes do not",
                                   "OFF of TernaryLLM, Chen et al. 2024, 2406.07177");
const Register<FeatureLoss> mse(feature_losses(), "mse", mse_loss, "mean squared error",
                                "FitNets, Romero et al. 2014, 1412.6550");
const RegisterArm weight_arm({"distill_feature_weight", "", "weight of the features' loss",
                              "TernaryLLM, 2406.07177, adds it to that on predictions",
                              "distill_features: !none"});
const RegisterArm layers_arm({"distill_feature_layers", "",
                              "blocks whose outputs are compared: all, last, or such as 3,7,11",
                              "TernaryLLM, 2406.07177: all", "distill_features: !none"});
const RegisterArm relations_arm(
    {"distill_relations", "",
     "weight of the loss on attention relations softmax(A A^T / sqrt(d)) of Q, K and V; 0: none",
     "MiniLMv2, 2012.15828; BitDistill, 2510.13998"});
const RegisterArm relation_layer_arm(
    {"distill_relation_layer", "",
     "the block of these relations, counted from 0, or from the end when negative",
     "BitDistill, 2510.13998: one late layer", "distill_relations: !0"});

/// Numbers between commas, each a block of the model.
std::vector<int64_t> parse_blocks(const std::string& text, int64_t blocks) {
  std::vector<int64_t> out;
  const char* at = text.data();
  const char* end = at + text.size();
  while (true) {
    int64_t block = -1;
    const auto [stop, error] = std::from_chars(at, end, block);
    check(error == std::errc() && (stop == end || *stop == ',') && block >= 0 && block < blocks &&
              std::ranges::find(out, block) == out.end(),
          "--distill-feature-layers must be all, last, or different numbers below {} such as "
          "3,7,11; found {}",
          blocks, text);
    out.push_back(block);
    if (stop == end) return out;
    at = stop + 1;
  }
}

std::vector<int64_t> chosen_blocks(const std::string& text, int64_t blocks) {
  if (text == "last") return {blocks - 1};
  if (text != "all") return parse_blocks(text, blocks);
  std::vector<int64_t> all;
  for (int64_t block = 0; block < blocks; ++block) all.push_back(block);
  return all;
}

}  // namespace

Registry<FeatureLoss>& feature_losses() {
  static Registry<FeatureLoss> registry("distill_features");
  return registry;
}

Distillation::Distillation(const DistillationOptions& o, int64_t blocks) : options_(o) {
  distillations().at(o.kind);
  check(o.mix > 0 && o.mix <= 1, "--distill-mix must be above 0 and at most 1, found {}", o.mix);
  check(o.temperature > 0 && o.temperature <= 100,
        "--distill-temperature must be above 0 and at most 100, found {}", o.temperature);
  check(o.top_k >= 1, "--distill-top-k must be 1 or more, found {}", o.top_k);
  check(o.feature_weight > 0 && o.relations >= 0,
        "--distill-feature-weight must be above 0 and --distill-relations 0 or more, found {} and "
        "{}",
        o.feature_weight, o.relations);
  if (feature_losses().at(o.features) != nullptr) {
    hidden_blocks_ = chosen_blocks(o.feature_layers, blocks);
  }
  if (o.relations > 0) {
    check(o.relation_layer >= -blocks && o.relation_layer < blocks,
          "--distill-relation-layer must be {} to {}, found {}", -blocks, blocks - 1,
          o.relation_layer);
    attention_block_ = o.relation_layer < 0 ? blocks + o.relation_layer : o.relation_layer;
  }
}

bool Distillation::needs_teacher() const {
  return options_.kind != "none" || !hidden_blocks_.empty() || attention_block_ >= 0;
}

TeacherOptions Distillation::teacher_options(int64_t T) const {
  return {.length = T,
          .top_k = options_.top_k,
          .temperature = options_.temperature,
          .hidden_blocks = hidden_blocks_,
          .attention_block = attention_block_};
}

Tensor Distillation::features(const Taps& student, const TeacherBatch& teacher) const {
  Tensor sum = Tensor::scalar(0);
  const FeatureLoss compare = feature_losses().at(options_.features);
  for (size_t i = 0; i < hidden_blocks_.size(); ++i) {
    const float share = options_.feature_weight / static_cast<float>(hidden_blocks_.size());
    sum = sum + scale(compare(student.hidden[i], cast(teacher.hidden[i], DType::f32)), share);
  }
  if (attention_block_ >= 0) {
    const auto relation = [&](const Tensor& mine, const Tensor& theirs) {
      return scale(relation_loss(mine, cast(theirs, mine.dtype())), options_.relations);
    };
    sum = sum + relation(student.queries, teacher.queries);
    sum = sum + relation(student.keys, teacher.keys);
    sum = sum + relation(student.values, teacher.values);
  }
  return sum;
}

Tensor Distillation::loss(Llama& student, Teacher* teacher, std::span<const int32_t> inputs,
                          std::span<const int32_t> targets, std::span<const int64_t> windows,
                          float weight) const {
  const int64_t B = std::ssize(windows);
  if (!needs_teacher()) return student.loss(inputs, targets, B, weight);
  check(teacher != nullptr, "a recipe that distils needs a teacher");
  const TeacherBatch answers = teacher->look(inputs, targets, windows);
  Taps taps{.hidden_blocks = hidden_blocks_, .attention_block = attention_block_};
  const Tensor x = student.hidden(inputs, B, &taps);
  const Tensor predictions = options_.kind == "none"
                                 ? head_cross_entropy(x, student.head(), targets, weight)
                                 : head_distillation(x, student.head(), targets, answers.tokens,
                                                     options_.kind, options_.mix, weight);
  if (hidden_blocks_.empty() && attention_block_ < 0) return predictions;
  return predictions + scale(features(taps, answers), weight);
}

}  // namespace tern
