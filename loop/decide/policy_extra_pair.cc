#include "loop/decide/pairs.h"
#include "loop/decide/policies.h"
#include "loop/record/noise.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

class ExtraPairPolicy : public Policy {
 public:
  explicit ExtraPairPolicy(std::unique_ptr<Policy> policy) : policy_(std::move(policy)) {}

  Step next(const Comparison& c) const override {
    Step step = policy_->next(c);
    if (c.has_confirm_data || step.kind != Step::Kind::kKeep) return step;
    const FreshPairs extra = extra_pair(c);
    if (extra.step) return *extra.step;
    // As with confirm data, what agrees is what is not worse.
    const double gain = mean_gain(extra.pairs);
    if (gain < 0) {
      return discard(fmt::format("{}; but {} in one more fresh pair of runs, as there is no "
                                 "confirm text to ask",
                                 step.reason, describe_gain(gain, c.sigma)),
                     extra.pairs);
    }
    step.reason += "; one more fresh pair of runs agrees";
    return step;
  }

 private:
  std::unique_ptr<Policy> policy_;
};

}  // namespace

std::unique_ptr<Policy> with_extra_pair(std::unique_ptr<Policy> policy) {
  return std::make_unique<ExtraPairPolicy>(std::move(policy));
}

}  // namespace tern::loop
