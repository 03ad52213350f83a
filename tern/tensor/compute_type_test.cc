#include "tern/tensor/compute_type.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

TEST(ComputeType, IsChosenByItsName) {
  EXPECT_EQ(compute_type("f32"), DType::f32);
  EXPECT_EQ(compute_type("bf16"), DType::bf16);
  EXPECT_EQ(compute_type("auto"), default_compute_type());
  EXPECT_THROW(compute_type("f16"), Error);
}

}  // namespace
}  // namespace tern
