#include "tern/model/watch_inputs.h"

#include <gtest/gtest.h>

#include "tern/model/model_test_util.h"

namespace tern {
namespace {

TEST(WatchInputs, ShowsEachLayersInputOnceAndLeavesTheModelAsItWas) {
  Llama model = random_model(tiny_config());
  const std::vector<int32_t> ids{1, 2, 3, 4, 5, 6};
  const std::vector<float> before = numbers(model.hidden(ids, 2));
  std::vector<int> seen(model.linears().size());
  watch_inputs(model, ids, 2, [&](size_t i, const Tensor& x) {
    ++seen[i];
    EXPECT_EQ(x.shape(), (Shape{2, 3, model.linears()[i].I}));
  });
  EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
  EXPECT_EQ(numbers(model.hidden(ids, 2)), before);
}

}  // namespace
}  // namespace tern
