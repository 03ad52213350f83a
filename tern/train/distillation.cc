#include "tern/train/distillation.h"

#include <charconv>

#include "tern/base/error.h"
#include "tern/knobs/knobs.h"
#include "tern/ops/cast.h"
#include "tern/ops/cosine_loss.h"
#include "tern/ops/head_cross_entropy.h"
#include "tern/ops/head_distillation.h"
#include "tern/ops/mse_loss.h"
#include "tern/ops/operators.h"
#include "tern/ops/relation_loss.h"

namespace tern {
namespace {

const Register<FeatureLoss> none(feature_losses(), "none", nullptr, "none", "");
const Register<FeatureLoss> cosine(feature_losses(), "cosine", cosine_loss,
                                   "1 - cosine: directions count, outliers' sizes do not",
                                   "OFF of TernaryLLM, Chen et al. 2024, 2406.07177");
const Register<FeatureLoss> mse(feature_losses(), "mse", mse_loss, "mean squared error",
                                "FitNets, Romero et al. 2014, 1412.6550");
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

void DistillationOptions::describe(Knobs& knobs) {
  const Condition distils = is_not(kind, "none"), compares = is_not(features, "none");
  knobs.add(TERN_KNOB(kind), {.name = "distill",
                              .meaning = "loss between the full-precision model's predictions and "
                                         "the ternary one's",
                              .choices = distillations().choices(),
                              .bends_curve = true});
  knobs.add(TERN_KNOB(mix), {.meaning = "share of the distillation loss; the rest is cross-entropy",
                             .tries = "0.3 0.5 0.7 1",
                             .source = "Hinton, Vinyals and Dean 2015, 1503.02531",
                             .acts = distils,
                             .bends_curve = true});
  knobs.add(
      TERN_KNOB(temperature),
      {.meaning = "divides the logits of both before the softmax; the loss is times its square",
       .tries = "1 2 4",
       .source = "Hinton, Vinyals and Dean 2015, 1503.02531; 5 in BitDistill, 2510.13998",
       .acts = distils,
       .bends_curve = true});
  knobs.add(TERN_KNOB(top_k),
            {.meaning = "tokens kept of each prediction of the teacher; all others are one",
             .tries = "8 32 128",
             .acts = distils,
             .bends_curve = true});
  knobs.add(TERN_KNOB(features),
            {.meaning = "loss between the blocks' outputs of teacher and student",
             .choices = feature_losses().choices(),
             .bends_curve = true});
  knobs.add(TERN_KNOB(feature_weight),
            {.meaning = "weight of the features' loss",
             .tries = "0.1 1 10",
             .source = "TernaryLLM, 2406.07177, adds it to that on predictions",
             .acts = compares,
             .bends_curve = true});
  knobs.add(TERN_KNOB(feature_layers),
            {.meaning = "blocks whose outputs are compared: all, last, or such as 3,7,11",
             .tries = "all last",
             .source = "TernaryLLM, 2406.07177: all",
             .acts = compares,
             .bends_curve = true});
  knobs.add(TERN_KNOB(relations), {.meaning = "weight of the loss on attention relations softmax(A "
                                              "A^T / sqrt(d)) of Q, K and V; 0: none",
                                   .tries = "0 0.1 1",
                                   .source = "MiniLMv2, 2012.15828; BitDistill, 2510.13998",
                                   .bends_curve = true});
  knobs.add(
      TERN_KNOB(relation_layer),
      {.meaning = "the block of these relations, counted from 0, or from the end when negative",
       .tries = "-1 -2",
       .source = "BitDistill, 2510.13998: one late layer",
       .acts = is_not(relations, 0),
       .bends_curve = true});
}

void DistillationOptions::check() const {
  distillations().at(kind);
  feature_losses().at(features);
  tern::check(mix > 0 && mix <= 1, "--distill-mix must be above 0 and at most 1, found {}", mix);
  tern::check(temperature > 0 && temperature <= 100,
              "--distill-temperature must be above 0 and at most 100, found {}", temperature);
  tern::check(top_k >= 1, "--distill-top-k must be 1 or more, found {}", top_k);
  tern::check(
      feature_weight > 0 && relations >= 0,
      "--distill-feature-weight must be above 0 and --distill-relations 0 or more, found {} "
      "and {}",
      feature_weight, relations);
}

Distillation::Distillation(const DistillationOptions& o, int64_t blocks) : options_(o) {
  o.check();
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
