// The same seed and number of threads give the same weights, bit for bit.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tern/autograd/tape.h"
#include "tern/model/model_test_util.h"
#include "tern/optim/gradients.h"
#include "tern/optim/optimizer.h"
#include "tern/parallel/parallel.h"
#include "tests/model_tolerance.h"

namespace tern {
namespace {

constexpr int64_t kSequences = 4, kLength = 64;

/// Uses so many threads until the end of its life.
class WithThreads {
 public:
  explicit WithThreads(int threads) { set_thread_count(threads); }
  ~WithThreads() { set_thread_count(before_); }

 private:
  int before_ = thread_count();
};

/// Large enough that every kernel splits its work among threads.
Llama ternary_model(DType compute, int activation_bits = 8) {
  LlamaConfig config = tiny_config();
  config.vocab_size = 512;
  config.hidden_size = 64;
  config.head_dim = 16;
  config.intermediate_size = 160;
  config.max_position_embeddings = kLength;
  Llama model(config, {.compute = compute});
  model.initialize(/*seed=*/1, /*deviation=*/0.1);
  model.replace_linears<TestBitLinear>(Grouping{32}, 1.0f, InputOptions{.bits = activation_bits});
  return model;
}

/// Leaves the gradients of one batch in the model's parameters.
void backward(Llama& model, uint64_t seed) {
  const auto tokens = random_tokens(kSequences * kLength + 1, model.config().vocab_size, seed);
  const std::span ids(tokens);
  Tape tape;
  tape.backward(model.loss(ids.first(ids.size() - 1), ids.subspan(1), kSequences));
}

std::vector<std::vector<float>> weights_after_steps(DType compute, const std::string& method,
                                                    DType state) {
  Llama model = ternary_model(compute);
  std::vector<std::string> matrices;
  for (const Llama::Linear& linear : model.linears()) matrices.push_back(linear.name);
  const auto optimizer = make_optimizer(groups_of(model.parameters(), matrices),
                                        {.kind = method, .state = std::string(name_of(state))});
  for (uint64_t step = 0; step < 3; ++step) {
    backward(model, step);
    const float scale = clip_factor(gradient_norm(model.parameters()), 1.0);
    optimizer->step({.lr = 1e-3f, .weight_decay = 0.1f, .gradient_scale = scale});
  }
  std::vector<std::vector<float>> weights;
  for (const Parameter& parameter : model.parameters().all()) {
    weights.push_back(numbers(parameter.tensor));
  }
  return weights;
}

TEST(Determinism, TheSameSeedAndThreadsGiveTheSameWeightsBitForBit) {
  for (const int threads : {1, 2}) {
    const WithThreads with(threads);
    for (const DType compute : {DType::f32, DType::bf16}) {
      for (const char* method : {"adamw", "muon", "lion"}) {
        for (const DType state : {DType::f32, DType::bf16}) {
          EXPECT_EQ(weights_after_steps(compute, method, state),
                    weights_after_steps(compute, method, state))
              << threads << " threads, " << name_of(compute) << ", " << method << " in "
              << name_of(state);
        }
      }
    }
  }
}

TEST(Determinism, AnotherSeedGivesOtherWeights) {
  Llama a = ternary_model(DType::f32), b = ternary_model(DType::f32);
  backward(a, 1);
  backward(b, 2);
  EXPECT_NE(gradient_norm(a.parameters()), gradient_norm(b.parameters()));
}

/// Threads may only change the order of sums. (A quantized activation could turn that into another
/// code, so these are not.)
TEST(Determinism, OneAndTwoThreadsGiveTheSameGradientsUpToRounding) {
  const auto gradients = [](int threads) {
    const WithThreads with(threads);
    Llama model = ternary_model(DType::f32, /*activation_bits=*/16);
    backward(model, 1);
    return model;
  };
  const Llama one = gradients(1), two = gradients(2);
  for (const auto& [name, weight] : one.parameters().all()) {
    const auto a = weight.gradient_slot().values<float>();
    const auto b = two.parameters().at(name).gradient_slot().values<float>();
    double largest = 0, difference = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      largest = std::max(largest, std::abs(double{a[i]}));
      difference = std::max(difference, std::abs(double{a[i]} - b[i]));
    }
    EXPECT_LE(difference, tolerance(DType::f32, kBackward) * largest) << name;
  }
}

}  // namespace
}  // namespace tern
