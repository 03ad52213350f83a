#pragma once

#include <cstdint>
#include <vector>

#include "tern/autograd/parameters.h"

namespace tern {

/// An exponential average of latent weights: average = d average + (1 - d) w after each step, with
/// d = min(decay, t / (t + 1)) at update t = 0, 1, ..., so that the first weights do not weigh more
/// than later ones. A decay of 0 keeps no average and makes every call do nothing.
///
/// Offered with a warning: it breaks ternary weights. Averaged latents cross thresholds that those
/// of no step ever did, so their codes are of a network that was never trained; parameter-golf
/// found 0.13 to 1.07 bits per byte lost in the quantized model (openai/parameter-golf,
/// RESULTS.md).
class WeightAverage {
 public:
  WeightAverage(const Parameters& parameters, float decay);

  /// Takes in the present weights.
  void update();
  /// Exchanges the weights and their averages: once for evaluation or at the end, once more to go
  /// on training. Does nothing before the first update.
  void swap();

  int64_t updates_done() const { return updates_; }
  void set_updates_done(int64_t updates) { updates_ = updates; }
  /// "<parameter>.average", for checkpoints made while the weights are in place.
  std::vector<Parameter> state() const { return averages_; }

 private:
  std::vector<Parameter> parameters_;
  std::vector<Parameter> averages_;
  float decay_;
  int64_t updates_ = 0;
  bool swapped_ = false;
};

/// Has the averages in place of the weights while it lives.
class WithAverage {
 public:
  explicit WithAverage(WeightAverage& average) : average_(average) { average_.swap(); }
  ~WithAverage() { average_.swap(); }
  WithAverage(const WithAverage&) = delete;
  WithAverage& operator=(const WithAverage&) = delete;

 private:
  WeightAverage& average_;
};

}  // namespace tern
