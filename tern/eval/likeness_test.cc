#include "tern/eval/likeness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tern/base/error_message_test_util.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/data/tokenizer_test_util.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// The folder of a model with a change in its configuration.
void write_model(const fs::path& folder, const std::function<void(LlamaConfig&)>& change = {},
                 bool adds_bos = false) {
  LlamaConfig config = tiny_config();
  if (change) change(config);
  fs::create_directories(folder);
  write_file_atomically(folder / "config.json", config.to_json().dump());
  write_file_atomically(folder / "tokenizer.json", character_tokenizer_json(adds_bos));
}

std::string complaint(const std::function<void(LlamaConfig&)>& change) {
  const TemporaryFolder folder;
  write_model(folder / "base");
  write_model(folder / "model", change);
  return error_message([&] { require_like(folder / "model", folder / "base"); });
}

TEST(Likeness, NamesWhateverNumberOfTheConfigurationDiffers) {
  EXPECT_THAT(complaint([](LlamaConfig& c) { c.head_dim = 24; }),
              HasSubstr("head_dim = 24, the lab's has 6"));
  EXPECT_THAT(complaint([](LlamaConfig& c) { c.rope_theta = 5; }), HasSubstr("rope_theta = 5"));
  EXPECT_THAT(complaint([](LlamaConfig& c) { c.rms_norm_eps = 0.5; }),
              HasSubstr("rms_norm_eps = 0.5"));
  EXPECT_THAT(complaint([](LlamaConfig& c) {
                c.rope_scaling = {kernels::RopeScaling::Type::linear, 2};
              }),
              HasSubstr("rope_scaling"));
}

TEST(Likeness, IsThatOfTheTokenizerToo) {
  const TemporaryFolder folder;
  write_model(folder / "base");
  write_model(folder / "same");
  write_model(folder / "other", {}, /*adds_bos=*/true);
  EXPECT_NO_THROW(require_like(folder / "same", folder / "base"));
  EXPECT_THAT(error_message([&] { require_like(folder / "other", folder / "base"); }),
              HasSubstr("the saved model has the tokenizer"));
}

}  // namespace
}  // namespace tern
