#include "tern/autograd/parameters.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tern {
namespace {

TEST(Parameters, GradientsThatWereReleasedAreZeroAndCanBeAddedTo) {
  for (const int64_t count : {3, 5000, 3'000'000}) {  // less than a page, a few, huge ones
    Parameters parameters;
    parameters.allocate({{"a", {count}}, {"b", {7}}});
    for (const Parameter& parameter : parameters.all()) {
      std::ranges::fill(parameter.tensor.gradient_slot().values<float>(), 1.5f);
      std::ranges::fill(parameter.tensor.values<float>(), 2.5f);
    }
    parameters.release_gradients();
    for (const Parameter& parameter : parameters.all()) {
      const auto gradient = parameter.tensor.gradient_slot().values<float>();
      EXPECT_EQ(std::ranges::count(gradient, 0.0f), std::ssize(gradient)) << count;
      const auto weights = parameter.tensor.values<float>();
      EXPECT_EQ(std::ranges::count(weights, 2.5f), std::ssize(weights)) << count;
      gradient[0] += 1;
      EXPECT_EQ(parameter.tensor.gradient_slot().values<float>()[0], 1);
    }
  }
}

}  // namespace
}  // namespace tern
