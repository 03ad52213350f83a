// Real models, where TERN_SHARED_DATA has them: what an independent float32 implementation computed
// for them, under the protocol in models/reference.json.

#include <gtest/gtest.h>

#include <algorithm>

#include "tern/base/file.h"
#include "tern/base/json.h"
#include "tern/base/shared_data_test_util.h"
#include "tern/eval/score.h"
#include "tern/model/model_files.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

std::vector<int32_t> ids_of(const Json& json) {
  std::vector<int32_t> ids;
  for (const Json& id : json.items()) ids.push_back(static_cast<int32_t>(id.as_int()));
  return ids;
}

class PublishedModel : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!fs::exists(data_ / "models/reference.json")) GTEST_SKIP() << "no models in " << data_;
    reference_ = Json::read(data_ / "models/reference.json").at(GetParam());
  }
  fs::path folder() const { return data_ / "models" / GetParam(); }
  Llama load() const { return load_llama(folder(), {.trainable = false}); }

  const fs::path data_ = shared_data();
  Json reference_;
};

TEST_P(PublishedModel, PredictsHeldOutStoriesAsWellAsTheReference) {
  const std::string text = read_file(data_ / "tinystories/tinystories_valid.txt");
  const auto documents = split_documents(text);
  const auto& last = documents.at(static_cast<size_t>(reference_.at("docs").as_int()) - 1);
  const std::string_view first_documents(text.data(), last.data() + last.size());

  Llama model = load();
  const Score score = score_documents(model, Tokenizer::load(folder()), first_documents);
  EXPECT_EQ(score.tokens, reference_.at("tokens_scored").as_int());
  // Two float32 implementations agree far better; 1e-3 is what the project promises.
  EXPECT_NEAR(score.nll_per_token / reference_.at("nll_per_token").as_double(), 1, 1e-3);
}

TEST_P(PublishedModel, ContinuesThePromptWithTheSameTokens) {
  Llama model = load();
  std::vector<int32_t> ids = {1};  // <s>
  Tokenizer::load(folder()).encode(reference_.at("prompt").as_string(), ids);
  ASSERT_EQ(ids, ids_of(reference_.at("prompt_ids")));

  const std::vector<int32_t> expected = ids_of(reference_.at("greedy_ids_32"));
  for (size_t step = 0; step < expected.size(); ++step) {
    const Tensor logits = model.logits(ids, 1);
    const auto last = logits.values<float>().last(static_cast<size_t>(logits.cols()));
    if (step == 0) {
      const Json::Array& first8 = reference_.at("last_logits_first8").items();
      // They are printed to five digits; logits of a sum of 192 products or fewer carry about
      // sqrt(192) 2^-24 of their size, 1e-5 at 12.
      for (size_t i = 0; i < first8.size(); ++i) {
        EXPECT_NEAR(last[i], first8[i].as_double(), 1e-4) << "logit " << i;
      }
    }
    ids.push_back(static_cast<int32_t>(std::ranges::max_element(last) - last.begin()));
    ASSERT_EQ(ids.back(), expected[step]) << "token " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(OfTheSharedData, PublishedModel,
                         ::testing::Values("stories260K", "babyllama-tok105", "stories3M"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace tern
