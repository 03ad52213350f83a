#include "tern/model/watch_inputs.h"

#include <memory>
#include <utility>

namespace tern {
namespace {

/// A dense layer that shows what goes through it.
class WatchedLinear : public LinearLayer {
 public:
  WatchedLinear(Tensor weight, std::function<void(const Tensor&)> look)
      : dense_(std::move(weight)), look_(std::move(look)) {}
  Tensor forward(const Tensor& x) override {
    look_(x);
    return dense_.forward(x);
  }

 private:
  DenseLinear dense_;
  std::function<void(const Tensor&)> look_;
};

}  // namespace

void watch_inputs(Llama& model, std::span<const int32_t> ids, int64_t B,
                  const std::function<void(size_t i, const Tensor& x)>& look) {
  size_t next = 0;
  model.replace_linears([&](const Llama::Linear& linear) {
    const size_t i = next++;
    return std::make_unique<WatchedLinear>(model.parameters().at(linear.name),
                                           [&look, i](const Tensor& x) { look(i, x); });
  });
  model.hidden(ids, B);
  model.replace_linears<DenseLinear>();
}

}  // namespace tern
