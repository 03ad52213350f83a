#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tern/base/file.h"
#include "tern/base/json.h"
#include "tern/base/shared_data_test_util.h"
#include "tern/text/bpe_trainer.h"
#include "tern/text/tokenizer.h"

// Against published tokenizers and texts; the expected numbers come from the reference
// implementation (Hugging Face tokenizers).
namespace tern {
namespace {

using Ids = std::vector<int32_t>;

class GoldenTokenizer : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(data_)) GTEST_SKIP() << "no folder " << data_;
  }
  std::string text(const char* name) const { return read_file(data_ / name); }

  const std::filesystem::path data_ = shared_data();
};

/// The rows of a WikiText file joined by a blank line: its line " " is the empty row, any other
/// line a row that ends in "\n".
std::string joined_rows(const std::string& file) {
  std::string joined;
  for (size_t at = 0, end; at < file.size(); at = end) {
    end = file.find('\n', at) + 1;
    const std::string_view row = std::string_view(file).substr(at, end - at);
    if (at > 0) joined += "\n\n";
    if (row != " \n") joined += row;
  }
  return joined;
}

TEST_F(GoldenTokenizer, CountsOfWikiText2AreThoseOfTheReference) {
  struct Counts {
    const char* tokenizer;
    size_t joined_test, raw_test, raw_valid;
  };
  constexpr Counts kCounts[] = {{"gpt2", 287644, 286221, 249887},
                                {"smollm2", 304978, 303415, 266981},
                                {"llama3", 289076, 289076, 252853}};
  const std::string test = text("wikitext2/wiki.test.raw");
  const std::string valid = text("wikitext2/wiki.valid.raw");
  const std::string joined = joined_rows(test);
  ASSERT_EQ(joined.size(), 1296370u);
  for (const Counts& counts : kCounts) {
    const Tokenizer tokenizer = Tokenizer::load(data_ / "tokenizers" / counts.tokenizer);
    const Ids ids = tokenizer.encode(joined);
    EXPECT_EQ(ids.size(), counts.joined_test) << counts.tokenizer;
    EXPECT_EQ(tokenizer.encode(test).size(), counts.raw_test) << counts.tokenizer;
    EXPECT_EQ(tokenizer.encode(valid).size(), counts.raw_valid) << counts.tokenizer;
    EXPECT_TRUE(tokenizer.decode(ids) == joined) << counts.tokenizer;
  }
}

TEST_F(GoldenTokenizer, FactsOfPublishedTokenizersAreRead) {
  const Tokenizer llama = Tokenizer::load(data_ / "tokenizers/llama3");
  EXPECT_EQ(llama.vocab_size(), 128256);
  EXPECT_TRUE(llama.adds_bos());
  EXPECT_EQ(llama.bos_id(), 128000);
  const Tokenizer smollm = Tokenizer::load(data_ / "tokenizers/smollm2");
  EXPECT_EQ(smollm.vocab_size(), 49152);
  EXPECT_FALSE(smollm.adds_bos());
  const Tokenizer stories = Tokenizer::load(data_ / "models/stories260K");
  EXPECT_EQ(stories.bos_id(), 1);
  EXPECT_EQ(stories.eos_id(), 2);
}

Ids ids_of(const Json& json) {
  Ids ids;
  for (const Json& id : json.items()) ids.push_back(static_cast<int32_t>(id.as_int()));
  return ids;
}

TEST_F(GoldenTokenizer, IdsAndTextOfSmallModelsAreThoseOfTheReference) {
  const std::string stories = text("tinystories/tinystories_valid.txt");
  const std::string story = stories.substr(0, stories.find("\n<|endoftext|>\n"));
  const Json reference = Json::read(data_ / "models/reference.json");
  for (const char* model : {"stories260K", "babyllama-tok105", "stories3M"}) {
    const Json& golden = reference.at(model);
    const Tokenizer tokenizer = Tokenizer::load(data_ / "models" / model);
    const auto document = [&](std::string_view text) {
      Ids ids = {tokenizer.bos_id().value()};
      tokenizer.encode(text, ids);
      return ids;
    };
    const Ids prompt = document(golden.at("prompt").as_string());
    EXPECT_EQ(prompt, ids_of(golden.at("prompt_ids"))) << model;
    Ids first = document(story);
    first.resize(20);
    EXPECT_EQ(first, ids_of(golden.at("valid_doc0_ids_first20"))) << model;
    Ids all = prompt;
    for (const int32_t id : ids_of(golden.at("greedy_ids_32"))) all.push_back(id);
    EXPECT_EQ(tokenizer.decode(all), "<s>" + golden.at("greedy_text").as_string()) << model;
  }
}

TEST_F(GoldenTokenizer, ATrainedVocabularyCompressesItsTextAndGivesItBack) {
  const std::string stories = text("tinystories/tinystories_valid.txt");
  const std::string_view texts[] = {stories};
  const std::string json =
      train_byte_level_bpe(texts, {.vocab_size = 1024, .special_tokens = {"<|endoftext|>"}});
  const Tokenizer tokenizer = Tokenizer::parse(json, "trained");
  const Ids ids = tokenizer.encode(stories);
  EXPECT_EQ(tokenizer.vocab_size(), 1024);
  EXPECT_LT(3 * ids.size(), stories.size());
  EXPECT_TRUE(tokenizer.decode(ids) == stories);
}

}  // namespace
}  // namespace tern
