#include "tern/ops/token_absmean_quantize.h"

#include "tern/ops/op_test_util.h"
#include "tern/ops/token_quantize.h"

namespace tern {
namespace {

TEST(TokenAbsmeanQuantizeOp, GradientPassesStraightThroughAlsoWhereItSaturates) {
  const Tensor x = random_leaf({4, 8}, 1);
  x.values<float>()[3] = 100;
  std::vector<double> quantized, plain;
  for (std::vector<double>* result : {&quantized, &plain}) {
    Tape tape;
    tape.backward(weighted_sum(result == &plain ? x : token_absmean_quantize(x)));
    *result = to_doubles(gradient(x));
    x.clear_gradient();
  }
  EXPECT_EQ(quantized, plain);
}

TEST(TokenAbsmeanQuantizeOp, HoldsATokenWithAnOutlierBetterThanTheLargestMagnitudeDoes) {
  const Tensor x = random_leaf({1, 256}, 2);
  x.values<float>()[0] = 60;
  const auto error = [&](const Tensor& y) {
    double sum = 0;
    for (int64_t i = 1; i < x.size(); ++i) sum += std::pow(to_doubles(y)[i] - to_doubles(x)[i], 2);
    return sum;
  };
  EXPECT_LT(error(token_absmean_quantize(x)), 0.1 * error(token_quantize(x, 4)));
}

}  // namespace
}  // namespace tern
