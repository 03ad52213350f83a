#include "tern/model/start.h"

#include <gtest/gtest.h>

#include "tern/model/model_test_util.h"
#include "tern/ops/fake_quantize.h"
#include "tern/ops/linear.h"

namespace tern {
namespace {

class RoundedLinear : public LinearLayer {
 public:
  RoundedLinear(Tensor weight, const GroupRule& rule) : weight_(std::move(weight)), rule_(rule) {}
  Tensor forward(const Tensor& x) override {
    return linear(x, fake_quantize(weight_, rule_, Grouping{32}, 1.0f, x.dtype()));
  }

 private:
  Tensor weight_;
  const GroupRule& rule_;
};

/// Mean squared difference of the rounded model's logits from the full-precision one's.
double logit_error(const char* start, const GroupRule& rule, DType compute) {
  const auto make = [&] {
    LlamaConfig config = tiny_config();
    config.hidden_size = 64;
    config.head_dim = 16;
    Llama model(config, {.compute = compute});
    model.initialize(/*seed=*/3, /*deviation=*/0.15);
    return model;
  };
  std::vector<int32_t> text(2048), other(512);
  Rng rng(4);
  const int64_t V = tiny_config().vocab_size;
  for (auto* ids : {&text, &other}) {
    for (int32_t& id : *ids) id = static_cast<int32_t>(rng.below(V));
  }
  Llama full = make(), rounded = make();
  if (const auto move = starts().at(start).move) move(rounded, text, 32, Grouping{32}, rule);
  rounded.replace_linears([&](const Llama::Linear& linear) {
    return std::make_unique<RoundedLinear>(rounded.parameters().at(linear.name), rule);
  });
  const Tensor a = full.logits(other, 8), b = rounded.logits(other, 8);
  double error = 0;
  for (int64_t i = 0; i < a.size(); ++i) {
    const double difference = a.data<float>()[i] - b.data<float>()[i];
    error += difference * difference / static_cast<double>(a.size());
  }
  return error;
}

TEST(Start, AFittedModelIsNearerToFullPrecisionThanARoundedOne) {
  for (const GroupRuleOptions& options :
       {GroupRuleOptions{}, GroupRuleOptions{.zeros = 0.33}, GroupRuleOptions{.pattern = "3:4"}}) {
    const GroupRule rule(options);
    for (const DType compute : {DType::f32, DType::bf16}) {
      EXPECT_LT(logit_error("gptq", rule, compute), 0.9 * logit_error("rounding", rule, compute))
          << "zeros " << options.zeros << ", pattern " << options.pattern;
    }
  }
}

}  // namespace
}  // namespace tern
