#include "tern/autograd/recompute.h"

#include <memory>
#include <utility>

#include "tern/autograd/tape.h"

namespace tern {
namespace {

/// The numbers of x with a gradient of their own.
Tensor detached(const Tensor& x) {
  const Tensor copy = Tensor::over(std::make_shared<Tensor>(x), x.raw(), x.shape(), x.dtype());
  copy.set_gradient_dtype(x.gradient_dtype());
  copy.set_requires_grad(true);
  return copy;
}

}  // namespace

Tensor recompute(const Tensor& x, std::function<Tensor(const Tensor&)> body) {
  if (Tape::current() == nullptr) return body(x);
  const Tensor y = [&] {
    const PausedTape paused;
    return body(x);
  }();
  record("recompute", y, {x}, [=, body = std::move(body)] {
    const Tensor again = detached(x);
    {
      Tape tape;
      tape.backward(body(again), y.gradient_slot());
    }
    if (again.has_gradient()) pass_gradient(again.gradient_slot(), x);
  });
  return y;
}

}  // namespace tern
