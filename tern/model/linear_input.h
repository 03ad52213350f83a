#pragma once

#include <cstdint>
#include <string>

#include "tern/tensor/tensor.h"

namespace tern {

class Knobs;

/// What happens to the input of a ternary layer before it is multiplied.
struct InputOptions {
  /// 2 to 8, or 16 for none.
  int bits = 16;
  /// What sets the scale; see activation_quantizers(): token, channel, absmean.
  std::string scale = "token";
  /// The largest magnitude times `clip` is the largest value; what lies beyond saturates.
  float clip = 1;
  /// A norm without a gain before quantizing: none or rms.
  std::string norm = "none";
  /// Rotate by blocks of so many, a power of two that divides the width; 0: none. The weights have
  /// to be rotated too, see rotate_weights().
  int64_t hadamard = 0;

  void describe(Knobs& knobs);
  /// Throws, with a sentence, where the options contradict each other or are not offered.
  void check() const;
  bool operator==(const InputOptions&) const = default;
};

/// The input x (..., I) of a ternary layer as it is multiplied, in this order: the norm with the
/// learned gain (I) of SubLN (where defined), the norm without one, the rotation, quantization.
/// The last warms up as the weights do: below lambda 1 it is x + lambda (Q(x) - x). Training layers
/// and packed models both call it, so that what is scored is what was trained. With nothing asked
/// for it is x itself.
Tensor prepare_input(const Tensor& x, const InputOptions& how, const Tensor& sub_norm_gain = {},
                     float lambda = 1);

/// prepare_input() for layers that follow each other: what several of them read, such as query, key
/// and value, is prepared once. All calls have the same options.
class SharedInput {
 public:
  Tensor prepare(const Tensor& x, const InputOptions& how, const Tensor& sub_norm_gain,
                 float lambda);

 private:
  Tensor x_, prepared_;  // the last ones; x_ is held, so that no other input gets its address
};

}  // namespace tern
