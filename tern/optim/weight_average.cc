#include "tern/optim/weight_average.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/base/profile.h"
#include "tern/parallel/parallel.h"

namespace tern {
namespace {

constexpr int64_t kGrain = 1 << 14;

}  // namespace

WeightAverage::WeightAverage(const Parameters& parameters, float decay) : decay_(decay) {
  check(decay >= 0 && decay < 1, "--average must be at least 0 and below 1, found {}", decay);
  if (decay == 0) return;
  parameters_ = parameters.all();
  for (const auto& [name, tensor] : parameters_) {
    averages_.push_back({name + ".average", tensor.clone()});
  }
}

void WeightAverage::update() {
  if (decay_ == 0) return;
  check(!swapped_, "the averaged weights are in use; swap them out before training goes on");
  const Zone zone("average");
  const float all_alike = static_cast<float>(updates_) / static_cast<float>(updates_ + 1);
  const float fresh = 1 - std::min(decay_, all_alike);
  for (size_t p = 0; p < parameters_.size(); ++p) {
    const float* const w = parameters_[p].tensor.data<float>();
    float* const a = averages_[p].tensor.data<float>();
    parallel_for(parameters_[p].tensor.size(), kGrain, [=](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) a[i] += fresh * (w[i] - a[i]);
    });
  }
  ++updates_;
}

void WeightAverage::swap() {
  if (updates_ == 0) return;
  for (size_t p = 0; p < parameters_.size(); ++p) {
    float* const w = parameters_[p].tensor.data<float>();
    float* const a = averages_[p].tensor.data<float>();
    parallel_for(parameters_[p].tensor.size(), kGrain, [=](int64_t begin, int64_t end) {
      std::swap_ranges(w + begin, w + end, a + begin);
    });
  }
  swapped_ = !swapped_;
}

}  // namespace tern
