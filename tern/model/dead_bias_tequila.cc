#include "tern/base/error.h"
#include "tern/model/dead_bias.h"
#include "tern/ops/dead_weights.h"

namespace tern {
namespace {

/// scale * the sum of the row's dead weights; the scale is fixed, or learned for each row. (The
/// public code of the learned variant never steps its optimizer, so that its scale stays as it is;
/// the paper says learned, and here it is.)
class Tequila : public DeadBias {
 public:
  Tequila(Tensor latent, Tensor scale) : latent_(std::move(latent)), scale_(std::move(scale)) {}
  Tensor bias(const TernaryWeight& weight) const override {
    return dead_weight_bias(latent_, weight.codes(), scale_);
  }

 private:
  Tensor latent_;
  Tensor scale_;
};

std::unique_ptr<DeadBias> make_fixed(Parameters& parameters, const std::string& name, float scale) {
  return std::make_unique<Tequila>(parameters.at(name), Tensor::scalar(scale));
}

std::unique_ptr<DeadBias> make_learned(Parameters& parameters, const std::string& name,
                                       float scale) {
  const std::string learned = name + ".learned_dead_scale";
  parameters.allocate({{learned, {parameters.at(name).rows()}}});
  for (float& value : parameters.at(learned).values<float>()) value = scale;
  return std::make_unique<Tequila>(parameters.at(name), parameters.at(learned));
}

const Register<MakeDeadBias> fixed(dead_biases(), "tequila", make_fixed,
                                   "dead_bias_scale * the sum of a row's dead weights",
                                   "arXiv 2509.23809");
const Register<MakeDeadBias> learned(dead_biases(), "tequila-learned", make_learned,
                                     "the same with a scale that is learned for each row",
                                     "arXiv 2509.23809");

}  // namespace
}  // namespace tern
