#include "tern/model/frozen_model.h"

#include <gtest/gtest.h>

#include "tern/autograd/tape.h"
#include "tern/base/temporary_folder.h"
#include "tern/model/model_files.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

TEST(FrozenModel, HasTheNumbersOfTheModelThatTrains) {
  const TemporaryFolder folder;
  save_llama(random_model(tiny_config()), folder.path());
  const auto ids = random_tokens(10, 61);
  for (const DType compute : {DType::f32, DType::bf16}) {
    Llama trains = load_llama(folder.path(), {.compute = compute});
    Llama frozen = load_frozen_llama(folder.path(), compute);
    EXPECT_EQ(numbers(frozen.logits(ids, 2)), numbers(trains.logits(ids, 2))) << name_of(compute);
  }
}

TEST(FrozenModel, RecordsNothing) {
  const TemporaryFolder folder;
  save_llama(random_model(tiny_config()), folder.path());
  Llama frozen = load_frozen_llama(folder.path(), DType::f32);
  Tape tape;
  EXPECT_FALSE(frozen.hidden(random_tokens(10, 61), 2).requires_grad());
}

}  // namespace
}  // namespace tern
