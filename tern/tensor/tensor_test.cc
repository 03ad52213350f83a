#include "tern/tensor/tensor.h"

#include <gtest/gtest.h>

#include "tern/tensor/arena.h"

namespace tern {
namespace {

TEST(Tensor, ReshapedSharesNumbersAndGradient) {
  const Tensor x = Tensor::zeros({2, 3});
  const Tensor flat = x.reshaped({6});
  flat.values<float>()[5] = 7;
  EXPECT_EQ(x.values<float>()[5], 7);
  x.set_gradient(Tensor::zeros({2, 3}));
  EXPECT_TRUE(flat.has_gradient());
  EXPECT_EQ(flat.gradient_slot().shape(), (Shape{6}));
}

TEST(Tensor, RefusesAnotherNumberTypeByName) {
  const Tensor x = Tensor::zeros({2}, DType::bf16);
  try {
    x.data<float>();
    FAIL() << "expected an Error";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "expected a f32 tensor, found bf16 (2)");
  }
}

TEST(Tensor, IsAlignedForTheWidestVectors) {
  for (const int64_t n : {1, 3, 1000, 3'000'000}) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Tensor::empty({n}, DType::bf16).raw()) % 64, 0u);
  }
}

TEST(Arena, ReusesABlockThatWasGivenBack) {
  const void* first = Tensor::empty({1000, 1000}, DType::f32).raw();
  const size_t reserved = arena_statistics().reserved;
  const Tensor second = Tensor::empty({1000, 1000}, DType::f32);
  EXPECT_EQ(second.raw(), first);
  EXPECT_EQ(arena_statistics().reserved, reserved);
}

TEST(Arena, CountsWhatIsInUseAndItsPeak) {
  arena_reset_peak();
  const size_t before = arena_statistics().in_use;
  { const Tensor x = Tensor::empty({4 << 20}, DType::f32); }
  EXPECT_EQ(arena_statistics().in_use, before);
  EXPECT_GE(arena_statistics().peak, before + (16 << 20));
}

}  // namespace
}  // namespace tern
