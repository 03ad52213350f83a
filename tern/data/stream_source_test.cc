#include "tern/data/stream_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/data/tokenizer_test_util.h"
#include "tern/io/memory_source.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int64_t kWindow = 4;

/// Opens `text` as often as `times` allows.
StreamedTokens::Open opens(std::string text, int times) {
  return [text, left = std::make_shared<int>(times)]() -> std::unique_ptr<TokenStream> {
    if ((*left)-- == 0) return nullptr;
    return std::make_unique<TokenStream>(DocumentReader(std::make_unique<MemorySource>(text)),
                                         character_tokenizer());
  };
}

/// The inputs of one window and its last target, as text; "." stands for the end of a document.
std::string window(TokenSource& source, int64_t position) {
  const Batch batch = source.batch(position, 1, kWindow);
  std::vector<int32_t> tokens = batch.inputs;
  tokens.push_back(batch.targets.back());
  std::string text = character_tokenizer().decode(tokens);
  for (size_t at; (at = text.find("<|endoftext|>")) != std::string::npos;)
    text.replace(at, 13, ".");
  return text;
}

constexpr const char* kTwoDocuments = "abcdef\n<|endoftext|>\nghi";  // eleven tokens

TEST(StreamedTokens, GivesWindowsInReadingOrderAcrossDocuments) {
  StreamedTokens source(opens(kTwoDocuments, 1));
  EXPECT_EQ(window(source, 0), "abcde");
  EXPECT_EQ(window(source, 1), "ef.gh");
}

TEST(StreamedTokens, StartsAgainBehindTheEnd) {
  StreamedTokens source(opens(kTwoDocuments, 3));
  EXPECT_EQ(window(source, 2), "hi.ab");
  EXPECT_EQ(window(source, 3), "bcdef");
  EXPECT_EQ(window(source, 5), "i.abc");
}

TEST(StreamedTokens, SaysWhenItCannotStartAgain) {
  StreamedTokens source(opens(kTwoDocuments, 1));
  EXPECT_EQ(window(source, 1), "ef.gh");
  EXPECT_THAT([&] { window(source, 2); },
              ThrowsMessage<Error>(HasSubstr("cannot be read a second time")));
}

TEST(StreamedTokens, DependsOnThePositionAlone) {
  StreamedTokens straight(opens(kTwoDocuments, 100));
  std::vector<std::string> expected;
  for (int64_t position = 0; position < 30; ++position) {
    expected.push_back(window(straight, position));
  }
  for (const int64_t start : {29, 7, 1}) {
    StreamedTokens resumed(opens(kTwoDocuments, 100));
    EXPECT_EQ(window(resumed, start), expected[static_cast<size_t>(start)]);
    EXPECT_EQ(window(resumed, 0), expected[0]) << "going back";
    EXPECT_EQ(window(resumed, 3), expected[3]) << "going on";
  }
}

TEST(StreamedTokens, RefusesATextWithoutDocuments) {
  StreamedTokens source(opens(" \n", 100));
  EXPECT_THAT([&] { window(source, 0); }, ThrowsMessage<Error>(HasSubstr("holds no documents")));
}

}  // namespace
}  // namespace tern
