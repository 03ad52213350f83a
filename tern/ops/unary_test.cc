#include "tern/ops/unary.h"

#include <string>

#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

/// A function of this file, what it should compute, and where: away from kinks, within its domain.
struct UnaryCase {
  std::string name;
  std::function<Tensor(const Tensor&)> op;
  std::function<double(double)> want;
  std::vector<float> at = {-2.3f, -0.7f, -0.2f, 0.4f, 1.1f, 2.9f};
};

const std::vector<float> kPositive{0.2f, 0.7f, 1.0f, 1.1f, 2.5f, 9.0f};

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

const std::vector<UnaryCase> kCases{
    {"neg", neg, [](double x) { return -x; }},
    {"abs", abs, [](double x) { return std::abs(x); }},
    {"square", square, [](double x) { return x * x; }},
    {"sqrt", sqrt, [](double x) { return std::sqrt(x); }, kPositive},
    {"exp", exp, [](double x) { return std::exp(x); }},
    {"log", log, [](double x) { return std::log(x); }, kPositive},
    {"tanh", tanh, [](double x) { return std::tanh(x); }},
    {"sigmoid", sigmoid, [](double x) { return sigmoid_of(x); }},
    {"relu", relu, [](double x) { return std::max(x, 0.0); }},
    {"silu", silu, [](double x) { return x * sigmoid_of(x); }},
    {"clamp", [](const Tensor& x) { return clamp(x, -1, 2); },
     [](double x) { return std::clamp(x, -1.0, 2.0); }},
    {"scale", [](const Tensor& x) { return scale(x, -3); }, [](double x) { return -3 * x; }},
    {"add", [](const Tensor& x) { return add(x, 0.5f); }, [](double x) { return x + 0.5; }},
};

/// The tape's gradient of sum(weights y), the weights being those of weighted_sum().
std::vector<double> gradient_through(const std::function<Tensor(const Tensor&)>& op,
                                     const Tensor& x) {
  Tape tape;
  tape.backward(weighted_sum(op(x)));
  return to_doubles(gradient(x));
}

Tensor leaf(const std::vector<float>& values) {
  const Tensor x = Tensor::from(values, {static_cast<int64_t>(values.size())});
  x.set_requires_grad(true);
  return x;
}

TEST(UnaryOps, ComputeTheirFunctionAndItsDerivative) {
  for (const UnaryCase& test : kCases) {
    SCOPED_TRACE(test.name);
    const Tensor x = leaf(test.at), same = leaf(test.at);
    const std::vector<double> y = to_doubles(test.op(x));
    const std::vector<double> slopes = gradient_through(test.op, x);
    const std::vector<double> weights = gradient_through([](const Tensor& x) { return x; }, same);
    for (size_t i = 0; i < test.at.size(); ++i) {
      const double at = test.at[i], step = 1e-5;
      const double slope = (test.want(at + step) - test.want(at - step)) / (2 * step);
      EXPECT_NEAR(y[i], test.want(at), 1e-6 * (1 + std::abs(y[i]))) << "at " << at;
      EXPECT_NEAR(slopes[i], weights[i] * slope, 1e-5 * (1 + std::abs(slope))) << "at " << at;
    }
  }
}

TEST(UnaryOps, SignAndRoundHaveTheDerivativesTheyDeclare) {
  const std::vector<float> at{-2.5f, -0.3f, 0.0f, 0.5f, 1.5f};
  const std::vector<double> weights = gradient_through([](const Tensor& x) { return x; }, leaf(at));
  EXPECT_EQ(to_doubles(sign(leaf(at))), (std::vector<double>{-1, -1, 0, 1, 1}));
  EXPECT_EQ(gradient_through(sign, leaf(at)), std::vector<double>(at.size(), 0.0));
  EXPECT_EQ(to_doubles(round(leaf(at))), (std::vector<double>{-2, 0, 0, 0, 2}));
  EXPECT_EQ(gradient_through(round, leaf(at)), weights);
}

TEST(UnaryOps, ARecipeCanWriteItsOwnFunction) {
  const Tensor x = random_leaf({3, 4}, 1);
  expect_gradients_match_differences({x}, [&] {
    return unary(
        "cube", x, [](float x) { return x * x * x; }, [](float x, float) { return 3 * x * x; });
  });
}

TEST(UnaryOps, NotANumberStaysNotANumber) {
  const Tensor x = leaf({NAN});
  for (const UnaryCase& test : kCases) EXPECT_TRUE(std::isnan(test.op(x).item())) << test.name;
}

TEST(UnaryOps, RefuseOtherTypesAndBoundsOutOfOrder) {
  EXPECT_THROW(exp(Tensor::zeros({2}, DType::bf16)), Error);
  EXPECT_THROW(clamp(Tensor::zeros({2}), 1, 0), Error);
}

}  // namespace
}  // namespace tern
