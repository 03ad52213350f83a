#include "tern/model/dead_bias.h"

namespace tern {
namespace {

/// A number for each output, learned from 0: it takes over the mean of what dead weights no longer
/// contribute.
class Injected : public DeadBias {
 public:
  explicit Injected(Tensor bias) : bias_(std::move(bias)) {}
  Tensor bias(const TernaryWeight&) const override { return bias_; }

 private:
  Tensor bias_;
};

std::unique_ptr<DeadBias> make(Parameters& parameters, const std::string& name, float) {
  const std::string learned = name + ".learned_bias";
  parameters.allocate({{learned, {parameters.at(name).rows()}}});
  for (float& value : parameters.at(learned).values<float>()) value = 0;
  return std::make_unique<Injected>(parameters.at(learned));
}

const Register<MakeDeadBias> registration(dead_biases(), "injected", make,
                                          "a bias that is learned from 0", "");

}  // namespace
}  // namespace tern
