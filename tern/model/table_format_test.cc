#include "tern/model/table_format.h"

#include <gtest/gtest.h>

#include "tern/autograd/tape.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

/// The gradient of the embedding for one batch.
std::vector<float> table_gradient(Llama& model) {
  const auto tokens = random_tokens(21, model.config().vocab_size);
  const std::span ids(tokens);
  Tape tape;
  tape.backward(model.loss(ids.first(20), ids.subspan(1), 2));
  return numbers(gradient(model.parameters().at("model.embed_tokens.weight")));
}

/// The rule's surrogate is the table with the quantized values themselves.
TEST(TableFormat, PassesTheGradientOfBothUsesStraightThrough) {
  for (const int bits : {32, 16, 8, 2}) {
    for (const DType compute : {DType::f32, DType::bf16}) {
      Llama through = random_model(tiny_config(), {.compute = compute});
      Llama surrogate = random_model(tiny_config(), {.compute = compute});
      const Tensor table = surrogate.parameters().at("model.embed_tokens.weight");
      const std::vector<float> quantized = numbers(table_format(bits).quantize(table, Grouping{}));
      std::ranges::copy(quantized, table.data<float>());
      through.quantize_tables(
          [&](const Tensor& w) { return table_format(bits).quantize(w, Grouping{}); });
      EXPECT_EQ(table_gradient(through), table_gradient(surrogate))
          << bits << " bits, " << name_of(compute);
    }
  }
}

TEST(TableFormat, AtThirtyTwoBitsIsTheTableItself) {
  const Tensor table = Tensor::zeros({3, 4});
  EXPECT_TRUE(table_format(32).quantize(table, Grouping{}).same_as(table));
}

}  // namespace
}  // namespace tern
