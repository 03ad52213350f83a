#include "tern/train/teacher.h"

#include <algorithm>
#include <cstring>

#include "tern/base/error.h"
#include "tern/tensor/compute_type.h"
#include "tern/train/teacher_cache.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// Tensors of one shape (T, width) as one (B, T, ...) with the shape that a position has.
Tensor stack(const std::vector<Tensor>& windows, const Shape& position) {
  Shape shape = {std::ssize(windows), windows[0].dim(0)};
  shape.insert(shape.end(), position.begin(), position.end());
  const Tensor out = Tensor::empty(shape, windows[0].dtype());
  auto* to = static_cast<std::byte*>(out.raw());
  for (const Tensor& window : windows) {
    std::memcpy(to, window.raw(), window.bytes());
    to += window.bytes();
  }
  return out;
}

/// The windows' features of one kind.
template <class Get>
std::vector<Tensor> each(const std::vector<TeacherWindow>& windows, Get&& get) {
  std::vector<Tensor> out;
  for (const TeacherWindow& window : windows) out.push_back(get(window));
  return out;
}

}  // namespace

TeacherQuestion TeacherOptions::question() const {
  return {.top_k = top_k,
          .temperatures = {temperature},
          .hidden_blocks = hidden_blocks,
          .attention_block = attention_block};
}

void TeacherOptions::check() const {
  tern::check(length >= 1 && top_k >= 1 && temperature > 0,
              "a teacher needs windows of 1 token or more, --distill-top-k 1 or more and "
              "--distill-temperature above 0, found {}, {} and {}",
              length, top_k, temperature);
}

Teacher::Teacher(fs::path model, std::unique_ptr<TeacherRecords> kept,
                 const TeacherOptions& options)
    : folder_(std::move(model)),
      options_(options),
      config_(LlamaConfig::read(folder_ / "config.json")),
      compute_(default_compute_type()),
      kept_(std::move(kept)) {
  options.check();
}

Teacher::~Teacher() = default;

TeacherWindow Teacher::look_at_one(std::span<const int32_t> inputs,
                                   std::span<const int32_t> targets, int64_t window) {
  if (kept_ && kept_->has(window)) return kept_->read(window, options_.question());
  if (!model_) model_ = std::make_unique<TeacherModel>(folder_, compute_);
  return model_->look(inputs, targets, options_.question());
}

TeacherBatch Teacher::look(std::span<const int32_t> inputs, std::span<const int32_t> targets,
                           std::span<const int64_t> windows) {
  const auto T = static_cast<size_t>(options_.length);
  check(!windows.empty() && inputs.size() == windows.size() * T && targets.size() == inputs.size(),
        "the teacher expects {} windows of {} tokens, found {} inputs and {} targets",
        windows.size(), T, inputs.size(), targets.size());
  std::vector<TeacherWindow> found;
  for (size_t b = 0; b < windows.size(); ++b) {
    found.push_back(look_at_one(inputs.subspan(b * T, T), targets.subspan(b * T, T), windows[b]));
  }
  TeacherBatch out{.tokens = at_temperature(found[0].tokens, options_.temperature)};
  for (size_t b = 1; b < found.size(); ++b) {
    out.tokens.append(at_temperature(found[b].tokens, options_.temperature));
  }
  for (size_t i = 0; i < options_.hidden_blocks.size(); ++i) {
    out.hidden.push_back(
        stack(each(found, [i](const auto& w) { return w.hidden[i]; }), {config_.hidden_size}));
  }
  if (options_.attention_block >= 0) {
    const int64_t H = config_.num_attention_heads, K = config_.num_key_value_heads;
    const int64_t D = config_.head_dim;
    out.queries = stack(each(found, [](const auto& w) { return w.queries; }), {H, D});
    out.keys = stack(each(found, [](const auto& w) { return w.keys; }), {K, D});
    out.values = stack(each(found, [](const auto& w) { return w.values; }), {K, D});
  }
  return out;
}

}  // namespace tern
