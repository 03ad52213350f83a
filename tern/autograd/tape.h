#pragma once

#include <functional>
#include <initializer_list>
#include <vector>

#include "tern/tensor/tensor.h"

namespace tern {

/// Records the backward pass of every op called while it lives, on the thread that made it:
///
///     Tape tape;
///     Tensor loss = model.loss(batch);
///     tape.backward(loss);
///
/// Without a tape, ops record nothing: that is inference.
class Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// The tape that records on this thread, or null.
  static Tape* current();

  /// Runs the recorded passes from last to first, starting with d loss / d loss = 1, and forgets
  /// them. Each pass adds into the gradients of its op's inputs; what only the passes held is freed
  /// as they go. `loss` is one float32 number.
  void backward(const Tensor& loss);
  /// The same from any output whose gradient, of its shape, is known.
  void backward(const Tensor& output, const Tensor& gradient);

 private:
  friend class PausedTape;
  friend void record(const char*, const Tensor&, std::initializer_list<Tensor>,
                     std::function<void()>);
  struct Entry {
    const char* op;
    Tensor output;
    std::function<void()> backward;
  };
  std::vector<Entry> entries_;
  Tape* outer_;
};

/// While it lives, ops on this thread record nothing.
class PausedTape {
 public:
  PausedTape();
  ~PausedTape();
  PausedTape(const PausedTape&) = delete;
  PausedTape& operator=(const PausedTape&) = delete;

 private:
  Tape* paused_;
};

/// Called by every op: records `backward` for `output` when a tape lives and an input requires a
/// gradient, and marks the output accordingly. An input that an op can do without may be undefined.
/// `op` is a literal that names the profile's zone.
/// `backward` runs only if the output has a gradient by then.
void record(const char* op, const Tensor& output, std::initializer_list<Tensor> inputs,
            std::function<void()> backward);

/// The gradient of x to add into; zeros on first use.
Tensor gradient(const Tensor& x);

/// The gradient of x for an op that can also overwrite: when `fresh`, its numbers are undefined and
/// the op has to write every one of them. Saves the zeroing and one reading.
struct WritableGradient {
  Tensor tensor;
  bool fresh;
};
WritableGradient writable_gradient(const Tensor& x);

/// Adds the finished gradient `dy` (f32) of an op's output to that of x, whose derivative is 1.
/// When x has no gradient yet it takes over the buffer of dy, which the op must not touch
/// afterwards.
void pass_gradient(const Tensor& dy, const Tensor& x);

/// Makes the gradient of `copy` the gradient of `original`: whatever is added to one is added to
/// the other. This is the identity straight-through estimator (Bengio et al. 2013) at no cost: a
/// quantized or cast copy of a float32 weight collects its gradient right where the optimizer reads
/// it. Does nothing without a tape.
void share_gradient(const Tensor& original, const Tensor& copy);

}  // namespace tern
