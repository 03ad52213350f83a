#pragma once

#include <memory>
#include <string>

#include "tern/autograd/parameters.h"
#include "tern/knobs/registry.h"
#include "tern/model/ternary_weight.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// A bias of each output of a ternary layer that stands for its dead weights, those whose code is
/// 0. The packed layer stores it.
class DeadBias {
 public:
  virtual ~DeadBias() = default;
  /// (O) f32, recorded on the tape, for the layer's weights as they are now.
  virtual Tensor bias(const TernaryWeight& weight) const = 0;
};

/// What is done about dead weights.
struct DeadWeightOptions {
  std::string bias = "none";  // of dead_biases()
  float bias_scale = 1e-3f;   // that a bias begins with
  float gradient = 1;         // factor of what reaches dead weights, see boost_dead_gradient()
  // See reactivate().
  bool reactivate = false;
  double reactivate_above = 0.4;
  int64_t reactivate_every = 20;  // steps

  void describe(Knobs& knobs);
  void check() const;
  /// Throws an Error where these weights leave nothing for the options to do, or count twice.
  void check_with(const TernaryWeightOptions& weights) const;
};

/// The layer's weight `name` (O, I), and a scale to begin with. What is learned is allocated in
/// `parameters` under the name "<name>.learned_...".
using MakeDeadBias = std::unique_ptr<DeadBias> (*)(Parameters& parameters, const std::string& name,
                                                   float scale);
/// The kinds of biases; `none` makes no object.
Registry<MakeDeadBias>& dead_biases();

}  // namespace tern
