#include "loop/decide/pairs.h"
#include "loop/decide/policies.h"
#include "loop/record/noise.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

class GreedyPolicy : public Policy {
 public:
  Step next(const Comparison& c) const override {
    const Screening screening = screen(c);
    if (screening.step) return *screening.step;
    const std::vector<Pair> pairs = {screening.pair};
    const double gain = mean_gain(pairs);
    std::string reason = fmt::format("perplexity {} in one run with seed {}",
                                     describe_gain(gain, c.sigma), screening.pair.seed);
    return gain > 0 ? keep(std::move(reason), pairs) : discard(std::move(reason), pairs);
  }
};

std::unique_ptr<Policy> make_greedy(int64_t) { return std::make_unique<GreedyPolicy>(); }

const Register<MakePolicy> registration(policies(), "greedy", make_greedy,
                                        "one run: lower perplexity stays, all else goes", "");

}  // namespace

}  // namespace tern::loop
