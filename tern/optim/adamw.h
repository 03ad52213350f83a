#pragma once

#include <cstdint>
#include <vector>

#include "tern/autograd/parameters.h"

namespace tern {

struct AdamWConfig {
  float beta1 = 0.9f;
  float beta2 = 0.95f;
  float epsilon = 1e-8f;
  /// Applied to matrices; vectors (norm gains) do not decay.
  float weight_decay = 0.1f;
};

/// AdamW (Loshchilov and Hutter 2019) with float32 moments. The parameters must outlive it.
class AdamW {
 public:
  AdamW(const Parameters& parameters, const AdamWConfig& config);

  /// One step at learning rate `lr` on gradients times `gradient_scale`, which it sets to zero.
  void step(float lr, float gradient_scale = 1.0f);

  int64_t steps_done() const { return steps_; }
  void set_steps_done(int64_t steps) { steps_ = steps; }
  /// Moments as named tensors, "<parameter>.m" and "<parameter>.v", for checkpoints.
  std::vector<Parameter> state() const;

 private:
  struct Moments {
    Tensor m, v;
  };
  const Parameters& parameters_;
  AdamWConfig config_;
  std::vector<Moments> moments_;
  int64_t steps_ = 0;
};

}  // namespace tern
