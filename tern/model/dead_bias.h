#pragma once

#include <memory>
#include <string>

#include "tern/autograd/parameters.h"
#include "tern/base/registry.h"
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

/// The layer's weight `name` (O, I), and a scale to begin with. What is learned is allocated in
/// `parameters` under the name "<name>.learned_...".
using MakeDeadBias = std::unique_ptr<DeadBias> (*)(Parameters& parameters, const std::string& name,
                                                   float scale);
/// The values of the field dead_bias; `none` makes no object.
Registry<MakeDeadBias>& dead_biases();

}  // namespace tern
