#include "tern/autograd/tape.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tern/base/error.h"
#include "tern/base/profile.h"
#include "tern/parallel/parallel.h"

namespace tern {
namespace {

thread_local Tape* recording_tape = nullptr;

void fill_with_zeros(const Tensor& x) {
  const Zone zone("zero gradients");
  auto* data = static_cast<std::byte*>(x.raw());
  constexpr int64_t kGrain = 1 << 20;
  parallel_for(static_cast<int64_t>(x.bytes()), kGrain, [&](int64_t begin, int64_t end) {
    std::memset(data + begin, 0, static_cast<size_t>(end - begin));
  });
}

}  // namespace

Tape::Tape() : outer_(recording_tape) { recording_tape = this; }
Tape::~Tape() { recording_tape = outer_; }
PausedTape::PausedTape() : paused_(std::exchange(recording_tape, nullptr)) {}
PausedTape::~PausedTape() { recording_tape = paused_; }

Tape* Tape::current() { return recording_tape; }

void Tape::backward(const Tensor& loss) {
  check(loss.size() == 1 && loss.dtype() == DType::f32,
        "backward starts at a loss of one f32 number, found {} {}", name_of(loss.dtype()),
        to_string(loss.shape()));
  check(loss.requires_grad(), "this loss depends on no tensor that requires a gradient");
  backward(loss, Tensor::scalar(1));
}

void Tape::backward(const Tensor& output, const Tensor& gradient) {
  check(gradient.shape() == output.shape(), "backward: a gradient of shape {} for an output of {}",
        to_string(gradient.shape()), to_string(output.shape()));
  output.set_gradient(gradient);
  while (!entries_.empty()) {
    Entry entry = std::move(entries_.back());
    entries_.pop_back();
    if (!entry.output.has_gradient()) continue;
    const Zone zone(entry.op);
    entry.backward();
    entry.output.clear_gradient();
  }
}

void record(const char* op, const Tensor& output, std::initializer_list<Tensor> inputs,
            std::function<void()> backward) {
  Tape* tape = Tape::current();
  if (tape == nullptr || std::ranges::none_of(inputs, &Tensor::requires_grad)) return;
  output.set_requires_grad(true);
  tape->entries_.push_back({op, output, std::move(backward)});
}

Tensor gradient(const Tensor& x) {
  const auto [tensor, fresh] = writable_gradient(x);
  if (fresh) fill_with_zeros(tensor);
  return tensor;
}

WritableGradient writable_gradient(const Tensor& x) {
  if (x.has_gradient()) return {x.gradient_slot(), false};
  x.set_gradient(Tensor::empty(x.shape(), x.gradient_dtype()));
  return {x.gradient_slot(), true};
}

void pass_gradient(const Tensor& dy, const Tensor& x) {
  if (!x.requires_grad()) return;
  if (!x.has_gradient()) return x.set_gradient(dy);
  const std::span<float> to = x.gradient_slot().values<float>();
  const std::span<const float> from = dy.values<const float>();
  constexpr int64_t kGrain = 1 << 15;
  parallel_for(static_cast<int64_t>(to.size()), kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) to[i] += from[i];
  });
}

void share_gradient(const Tensor& original, const Tensor& copy) {
  if (Tape::current() == nullptr || !original.requires_grad()) return;
  copy.set_requires_grad(true);
  copy.set_gradient(gradient(original));
}

}  // namespace tern
