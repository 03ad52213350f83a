#include "tern/ops/fake_quantize.h"

#include "tern/ops/linear.h"
#include "tern/ops/op_test_util.h"
#include "tern/quant/absmean.h"
#include "tern/quant/quant_test_util.h"

namespace tern {
namespace {

TEST(FakeQuantizeOp, PassesTheGradientStraightThroughToTheWeight) {
  const Tensor w = random_leaf({4, 70}, 1);
  Tape tape;
  const Tensor q = fake_quantize(w, Absmean{}, {64}, 1.0f, DType::f32);
  tape.backward(weighted_sum(q));
  const std::vector<double> through_quantizer = to_doubles(gradient(w));

  w.clear_gradient();
  const Tensor plain = random_leaf({4, 70}, 1);
  Tape plain_tape;
  plain_tape.backward(weighted_sum(plain));
  EXPECT_EQ(through_quantizer, to_doubles(gradient(plain)));
}

/// Calls use(quantizer) with the rule as training has it, random where it rounds at random.
template <class Use>
auto with_rule(const GroupRuleOptions& options, const Use& use) {
  const GroupRule rule(options);
  return rule.random() ? use(rule.at(/*key=*/3)) : use(rule);
}

/// The straight-through estimator takes the rounding error Q(w) - w for a constant, so that the
/// result is w + lambda (Q(w0) - w0): its derivative, by central differences.
void expect_straight_through(const NamedRule& rule, float lambda) {
  const Grouping grouping{64};  // (2, 70): with short last groups
  const Tensor w = random_leaf({2, 70}, 1), seed = random_leaf({2, 70}, 1);
  const auto quantize = [&](float mix) {
    return with_rule(rule.options, [&](const auto& quantizer) {
      return fake_quantize(w, quantizer, grouping, mix, DType::f32);
    });
  };
  const std::vector<double> start = to_doubles(w), rounded = to_doubles(quantize(1.0f));
  Tape tape;
  const Tensor effective = quantize(lambda);
  const std::vector<double> value = to_doubles(effective);
  tape.backward(weighted_sum(effective));
  Tape seed_tape;
  seed_tape.backward(weighted_sum(seed));
  for (size_t i = 0; i < start.size(); ++i) {
    const auto surrogate = [&](double x) { return x + lambda * (rounded[i] - start[i]); };
    constexpr double kStep = 1e-4;
    const double slope = (surrogate(start[i] + kStep) - surrogate(start[i] - kStep)) / (2 * kStep);
    EXPECT_NEAR(value[i], surrogate(start[i]), 1e-6) << rule.name << " at lambda " << lambda;
    EXPECT_NEAR(gradient(w).values<float>()[i], gradient(seed).values<float>()[i] * slope, 1e-6)
        << rule.name << " at lambda " << lambda;
  }
}

TEST(FakeQuantizeOp, TheGradientPassesStraightThroughEveryRuleAtEveryLambda) {
  for (const NamedRule& rule : rules_of_every_part()) {
    for (const float lambda : {0.0f, 0.25f, 1.0f}) expect_straight_through(rule, lambda);
  }
}

TEST(FakeQuantizeOp, AHalfPrecisionCopyCollectsItsGradientInFloat32) {
  const Tensor w = random_leaf({4, 64}, 1);
  Tensor x = Tensor::zeros({2, 64}, DType::bf16);
  for (bf16& value : x.values<bf16>()) value = bf16(1.0f);
  Tape tape;
  tape.backward(weighted_sum(linear(x, fake_quantize(w, Absmean{}, {64}, 1.0f, DType::bf16))));
  EXPECT_EQ(gradient(w).dtype(), DType::f32);
  EXPECT_NE(gradient(w).values<float>()[0], 0.0f);
}

TEST(FakeQuantizeOp, RefusesALambdaOutsideItsRange) {
  EXPECT_THROW(fake_quantize(random_leaf({4, 64}, 1), Absmean{}, {64}, 1.5f, DType::f32), Error);
}

}  // namespace
}  // namespace tern
