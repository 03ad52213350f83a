#include "tern/train/checkpoint.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

std::vector<Parameter> two_tensors(float value) {
  const std::vector<float> numbers(6, value);
  return {{"a", Tensor::from(std::span(numbers), {2, 3})},
          {"b", Tensor::from(std::span(numbers).first(2), {2})}};
}

Json state_at(int64_t step) {
  Json state = Json::object();
  state.set("step", step);
  return state;
}

TEST(Checkpoint, BringsBackTensorsAndStateBitForBit) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "checkpoint.safetensors";
  save_checkpoint(path, two_tensors(0.1f), state_at(7));
  const std::vector<Parameter> tensors = two_tensors(0);
  EXPECT_EQ(load_checkpoint(path, tensors).at("step").as_int(), 7);
  EXPECT_EQ(tensors[0].tensor.values<float>()[5], 0.1f);
  EXPECT_EQ(tensors[1].tensor.values<float>()[1], 0.1f);
}

TEST(Checkpoint, OfAChangedRecipeIsRefused) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "checkpoint.safetensors";
  save_checkpoint(path, two_tensors(1), state_at(7));
  const std::vector<Parameter> other = {{"c", Tensor::zeros({2})}};
  EXPECT_THROW(load_checkpoint(path, other), Error);
}

TEST(Checkpoint, AFileOfAnotherKindIsRefused) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "checkpoint.safetensors";
  write_file_atomically(path, "not a checkpoint");
  EXPECT_THROW(load_checkpoint(path, {}), Error);
}

}  // namespace
}  // namespace tern
