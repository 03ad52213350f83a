#include "tern/eval/weight_report.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tern/base/temporary_folder.h"
#include "tern/model/model_files.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

TEST(WeightReport, AFullPrecisionModelHasNoCodes) {
  const TemporaryFolder folder;
  const Llama model = random_model(tiny_config());
  save_llama(model, folder.path());
  const WeightReport report = report_weights(model, folder.path());
  EXPECT_FALSE(report.ternary);
  EXPECT_EQ(report.weights, model.parameters().count());
  EXPECT_EQ(report.codes.total(), 0);
  EXPECT_EQ(report.linear_bits, 32);
  EXPECT_EQ(report.file_bits, 32);
}

TEST(WeightReport, ATernaryModelHasACodeForEveryWeightOfItsBlocks) {
  const TemporaryFolder folder;
  LlamaConfig config = tiny_config();
  config.hidden_size = 32, config.head_dim = 8, config.intermediate_size = 64;
  Llama model = random_model(config);
  model.replace_linears<TestBitLinear>(Grouping{32});
  save_packed(model, {.grouping = {32}, .input = {}, .lambda = 1}, folder.path());
  const WeightReport report = report_weights(load_packed(folder.path(), DType::f32), folder.path());
  EXPECT_TRUE(report.ternary);
  EXPECT_EQ(report.codes.total(), report.linear_weights);
  EXPECT_EQ(report.linear_bits, 2 + 16.0 / 32) << "a code and its part of a float16 scale";
  const double dense = report.weights - report.linear_weights;
  EXPECT_DOUBLE_EQ(report.file_bits, (2.5 * report.linear_weights + 32 * dense) / report.weights);
  EXPECT_DOUBLE_EQ(report.ternary_share(), 1 - dense / report.weights);
}

TEST(WeightReport, DenseBlocksCountAtSixteenBitsAndPartsOfALayerCount) {
  const TemporaryFolder folder;
  LlamaConfig config = tiny_config();
  config.hidden_size = 32, config.head_dim = 8, config.intermediate_size = 64;
  config.num_hidden_layers = 4;
  Llama model = random_model(config);
  int64_t index = 0, biases = 0;
  model.replace_linears([&](const Llama::Linear& linear) -> std::unique_ptr<LinearLayer> {
    const Tensor weight = model.parameters().at(linear.name);
    const int64_t block = index++ / 7;
    if (block == 0) return std::make_unique<DenseLinear>(weight, DType::bf16);
    biases += linear.O;
    return std::make_unique<TestBitLinear>(weight, Grouping{32}, 1.0f, InputOptions{}, Tensor(),
                                           Tensor::zeros({linear.O}));
  });
  save_packed(model, {.grouping = {32}, .dense_blocks = {0}}, folder.path());
  const WeightReport report = report_weights(load_packed(folder.path(), DType::f32), folder.path());
  EXPECT_TRUE(report.ternary);
  EXPECT_EQ(report.dense_blocks, 1);
  EXPECT_EQ(report.codes.total(), report.linear_weights * 3 / 4);
  EXPECT_DOUBLE_EQ(report.linear_bits, (16 + 3 * 2.5) / 4 + 32.0 * biases / report.linear_weights);
  EXPECT_EQ(report.departures, std::vector<std::string>{"biases"});
}

}  // namespace
}  // namespace tern
