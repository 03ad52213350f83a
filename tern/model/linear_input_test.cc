#include "tern/model/linear_input.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/ops/hadamard.h"
#include "tern/ops/op_test_util.h"
#include "tern/ops/rms_norm.h"
#include "tern/ops/token_quantize.h"

namespace tern {
namespace {

TEST(LinearInput, IsTheInputItselfWhenNothingIsAskedFor) {
  const Tensor x = random_leaf({2, 8}, 1);
  EXPECT_TRUE(prepare_input(x, {}).same_as(x));
}

TEST(LinearInput, IsNormedThenRotatedThenQuantized) {
  const Tensor x = random_leaf({4, 32}, 1), gain = random_leaf({32}, 2);
  const InputOptions all{.bits = 4, .clip = 0.8f, .norm = "rms", .hadamard = 16};
  const Tensor normed = rms_norm(rms_norm(x, gain, 1e-5f), {}, 1e-5f);
  const Tensor want = token_quantize(hadamard(normed, 16), 4, 0.8f);
  EXPECT_EQ(to_doubles(prepare_input(x, all, gain)), to_doubles(want));
}

TEST(LinearInput, IsNotQuantizedBeforeLambdaRises) {
  const Tensor x = random_leaf({4, 32}, 1);
  for (const char* scale : {"token", "channel", "absmean"}) {
    EXPECT_EQ(to_doubles(prepare_input(x, {.bits = 4, .scale = scale}, {}, 0)), to_doubles(x));
  }
}

TEST(LinearInput, IsPreparedOnceForLayersThatReadTheSame) {
  const Tensor x = random_leaf({4, 32}, 1), gain = random_leaf({32}, 2);
  const InputOptions how{.bits = 8};
  SharedInput shared;
  const Tensor first = shared.prepare(x, how, {}, 1);
  EXPECT_EQ(to_doubles(first), to_doubles(prepare_input(x, how)));
  EXPECT_TRUE(shared.prepare(x, how, {}, 1).same_as(first));
  EXPECT_FALSE(shared.prepare(x.clone(), how, {}, 1).same_as(first));
  EXPECT_EQ(to_doubles(shared.prepare(x, how, gain, 1)), to_doubles(prepare_input(x, how, gain)));
}

TEST(LinearInput, WithoutQuantizationItsGradientMatchesCentralDifferences) {
  const Tensor x = random_leaf({2, 16}, 1), gain = random_leaf({16}, 2);
  expect_gradients_match_differences(
      {x, gain}, [&] { return prepare_input(x, {.norm = "rms", .hadamard = 8}, gain); });
}

TEST(LinearInput, KeepsTheTypeOfItsInput) {
  const Tensor x = Tensor::zeros({2, 8}, DType::bf16);
  const InputOptions all{.bits = 8, .norm = "rms", .hadamard = 8};
  EXPECT_EQ(prepare_input(x, all, random_leaf({8}, 1)).dtype(), DType::bf16);
}

TEST(LinearInput, RefusesOptionsThatMakeNoSense) {
  EXPECT_NO_THROW((InputOptions{}.check()));
  EXPECT_NO_THROW((InputOptions{.bits = 4, .scale = "absmean"}.check()));
  EXPECT_THROW((InputOptions{.bits = 9}.check()), Error);
  EXPECT_THROW((InputOptions{.bits = 8, .scale = "tensor"}.check()), Error);
  EXPECT_THROW((InputOptions{.bits = 8, .scale = "absmean"}.check()), Error);
  EXPECT_THROW((InputOptions{.bits = 4, .scale = "absmean", .clip = 0.5f}.check()), Error);
  EXPECT_THROW((InputOptions{.bits = 8, .clip = 0}.check()), Error);
  EXPECT_THROW((InputOptions{.clip = 0.5f}.check()), Error) << "nothing is quantized";
  EXPECT_THROW((InputOptions{.norm = "layer"}.check()), Error);
  EXPECT_THROW((InputOptions{.hadamard = 48}.check()), Error);
}

}  // namespace
}  // namespace tern
