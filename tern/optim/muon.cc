#include <algorithm>
#include <cmath>
#include <utility>

#include "tern/base/profile.h"
#include "tern/kernels/nesterov.h"
#include "tern/kernels/orthogonalize.h"
#include "tern/optim/adamw.h"
#include "tern/parallel/parallel.h"

namespace tern {
namespace {

/// Muon (Jordan et al. 2024): a matrix steps along its Nesterov momentum made orthogonal (all
/// singular values near 1), times 0.2 sqrt(max(rows, cols)). That factor (Liu et al. 2025,
/// Moonlight, arXiv 2502.16982) gives steps the root mean square of AdamW's, so that lr is of the
/// same order for both; Jordan's own, sqrt(max(1, rows / cols)), wants quite another. All other
/// groups go to AdamW. The state of a matrix is "<parameter>.momentum".
class Muon : public Optimizer {
 public:
  Muon(std::vector<ParameterGroup> groups, const OptimizerOptions& options)
      : options_(options), rest_(others(groups), options) {
    for (const ParameterGroup& group : groups) {
      if (!group.matrices) continue;
      for (const Parameter& parameter : group.parameters) {
        check(parameter.tensor.rank() == 2, "muon: {} has the shape {}; expected a matrix",
              parameter.name, to_string(parameter.tensor.shape()));
        matrices_.push_back({parameter, make_state(parameter, options), group.lr_factor,
                             group.decays, static_cast<uint32_t>(matrices_.size())});
      }
    }
    check(!matrices_.empty(), "muon: no group of parameters holds matrices; use adamw");
    // The largest first, so that threads that take one after the other end together.
    std::ranges::stable_sort(matrices_, std::greater(), [](const Matrix& m) { return m.work(); });
  }

  void step(const StepSize& size) override {
    rest_.step(size);
    const Zone zone("optimizer");
    ++steps_;
    const std::vector<std::vector<const Matrix*>> hands = deal();
    parallel_for(static_cast<int64_t>(hands.size()), 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        for (const Matrix* matrix : hands[static_cast<size_t>(i)]) update(*matrix, size);
      }
    });
  }

  void set_steps_done(int64_t steps) override {
    Optimizer::set_steps_done(steps);
    rest_.set_steps_done(steps);
  }

  std::vector<Parameter> state() const override {
    std::vector<Parameter> out = rest_.state();
    for (const Matrix& m : matrices_) out.push_back({m.weight.name + ".momentum", m.momentum});
    return out;
  }

 private:
  struct Matrix {
    Parameter weight;
    Tensor momentum;
    float lr_factor;
    bool decays;
    uint32_t index;  // in the order in which they were given

    /// In proportion to the time that a step takes.
    double work() const {
      const auto rows = static_cast<double>(weight.tensor.rows());
      const auto cols = static_cast<double>(weight.tensor.cols());
      return std::min(rows, cols) * std::min(rows, cols) * (rows + cols);
    }
  };

  static std::vector<ParameterGroup> others(std::vector<ParameterGroup> groups) {
    std::erase_if(groups, [](const ParameterGroup& group) { return group.matrices; });
    return groups;
  }

  /// Matrices for each thread, about as much work for one as for another. Products of one matrix
  /// are too small to be split among threads.
  std::vector<std::vector<const Matrix*>> deal() const {
    const size_t threads = std::min<size_t>(static_cast<size_t>(thread_count()), matrices_.size());
    std::vector<std::vector<const Matrix*>> hands(threads);
    std::vector<double> work(threads);
    for (const Matrix& matrix : matrices_) {
      const auto least = std::ranges::min_element(work) - work.begin();
      hands[static_cast<size_t>(least)].push_back(&matrix);
      work[static_cast<size_t>(least)] += matrix.work();
    }
    return hands;
  }

  void update(const Matrix& matrix, const StepSize& size) const {
    const Tensor& w = matrix.weight.tensor;
    const auto gradient = w.gradient_slot().values<float>();
    const kernels::NesterovOptions options{.momentum = options_.momentum,
                                           .gradient_scale = size.gradient_scale,
                                           .tensor = matrix.index};
    with_state(matrix.momentum,
               [&](auto momentum) { kernels::nesterov(gradient, momentum, options, steps_); });
    const kernels::Matrix<float> direction(gradient.data(), w.rows(), w.cols());
    if (options_.compute == DType::bf16) {
      kernels::orthogonalize<bf16>(direction);
    } else {
      kernels::orthogonalize<float>(direction);
    }
    const float lr = size.lr * matrix.lr_factor;
    const float like_adamw = 0.2f * std::sqrt(static_cast<float>(std::max(w.rows(), w.cols())));
    kernels::decay_and_move(w.values<float>(), gradient, matrix.decays ? lr * size.weight_decay : 0,
                            lr * like_adamw);
  }

  OptimizerOptions options_;
  std::vector<Matrix> matrices_;
  AdamW rest_;
};

const Register<MakeOptimizer> registration(
    optimizers(), "muon",
    [](std::vector<ParameterGroup> groups, const OptimizerOptions& options) {
      return std::make_unique<Muon>(std::move(groups), options);
    },
    "orthogonal steps for matrices (by a rational function instead of Newton-Schulz), of adamw's "
    "size; adamw for the rest",
    "Jordan et al. 2024, kellerjordan.github.io/posts/muon; size of steps: 2502.16982");

}  // namespace
}  // namespace tern
