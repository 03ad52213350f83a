#include "demo/demo_base.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "demo/demo_text.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/model/model_files.h"
#include "tern/model/model_test_util.h"
#include "tern/text/tokenizer.h"

namespace tern {
namespace {

/// The demo's base in miniature.
DemoBase tiny_base() {
  DemoBase base = DemoBase::standard();
  base.config = tiny_config();
  base.config.vocab_size = 300;
  base.training = {.steps = 3, .batch_size = 2, .sequence_length = 16};
  return base;
}

class DemoBaseTest : public ::testing::Test {
 protected:
  std::filesystem::path make(const DemoBase& base) {
    return demo_base(cache_.path(), base, demo_stories(20, 1),
                     [&](const PretrainProgress&) { ++steps_; });
  }
  int64_t entries() const {
    return std::distance(std::filesystem::directory_iterator(cache_.path()), {});
  }

  TemporaryFolder cache_;
  int64_t steps_ = 0;
};

TEST_F(DemoBaseTest, IsAModelWithItsTokenizer) {
  const std::filesystem::path folder = make(tiny_base());
  const Tokenizer tokenizer = Tokenizer::load(folder);
  EXPECT_EQ(tokenizer.vocab_size(), load_llama(folder, {}).config().vocab_size);
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("Once upon a time")), "Once upon a time");
  EXPECT_EQ(tokenizer.eos_id(), tokenizer.token_to_id("<|endoftext|>"));
  EXPECT_FALSE(tokenizer.adds_bos());
}

TEST_F(DemoBaseTest, IsMadeOnceAndFoundAgain) {
  const std::filesystem::path folder = make(tiny_base());
  EXPECT_EQ(make(tiny_base()), folder);
  EXPECT_EQ(steps_, 3);
}

TEST_F(DemoBaseTest, AnotherDefinitionIsAnotherModel) {
  DemoBase other = tiny_base();
  other.seed = 2;
  EXPECT_NE(make(tiny_base()), make(other));
  EXPECT_EQ(steps_, 6);
}

TEST_F(DemoBaseTest, TheSameDefinitionGivesTheSameBytes) {
  const std::string first = read_file(make(tiny_base()) / "model.safetensors");
  std::filesystem::remove_all(make(tiny_base()));
  EXPECT_EQ(read_file(make(tiny_base()) / "model.safetensors"), first);
}

TEST_F(DemoBaseTest, WhatIsStoppedLeavesNothingBehind) {
  EXPECT_THROW(demo_base(cache_.path(), tiny_base(), demo_stories(20, 1),
                         [](const PretrainProgress&) { fail("stopped"); }),
               Error);
  EXPECT_EQ(entries(), 0);
}

TEST(CacheFolder, FollowsTheEnvironment) {
  setenv("XDG_CACHE_HOME", "/somewhere", 1);
  EXPECT_EQ(cache_folder(), "/somewhere/tern");
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(cache_folder(), "/home/someone/.cache/tern");
}

}  // namespace
}  // namespace tern
