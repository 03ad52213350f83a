#include "tern/data/tokenize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/shared_data_test_util.h"
#include "tern/base/temporary_folder.h"
#include "tern/data/token_file.h"
#include "tern/data/tokenizer_test_util.h"
#include "tern/io/file_source.h"
#include "tern/io/memory_source.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int32_t kEnd = 1;
constexpr int32_t kBos = 2;

DocumentReader plain_reader(std::string text) {
  return DocumentReader(std::make_unique<MemorySource>(std::move(text), "stories"));
}

/// Documents "0", "1", ..., of which every tenth is a thousand times as long as its neighbours.
std::string numbered_documents(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    for (int repeat = 0; repeat < (i % 10 == 0 ? 1000 : 1); ++repeat) text += number;
    text += "\n<|endoftext|>\n";
  }
  return text;
}

std::vector<std::vector<int32_t>> all(TokenStream& stream) {
  std::vector<std::vector<int32_t>> out;
  for (std::vector<int32_t> tokens; stream.next(tokens);) out.push_back(tokens);
  return out;
}

TEST(DocumentEncoder, EndsEveryDocumentAndBeginsItWhereTheTokenizerSaysSo) {
  std::vector<int32_t> tokens;
  DocumentEncoder(character_tokenizer(false)).encode("ab", tokens);
  const std::vector<int32_t> text = character_tokenizer().encode("ab");
  EXPECT_EQ(tokens, (std::vector<int32_t>{text[0], text[1], kEnd}));
  DocumentEncoder(character_tokenizer(true)).encode("b", tokens);
  EXPECT_EQ(tokens, (std::vector<int32_t>{text[0], text[1], kEnd, kBos, text[1], kEnd}));
}

TEST(DocumentEncoder, AsksForATokenThatEndsAText) {
  EXPECT_THAT([] { DocumentEncoder(character_tokenizer(false, "<end>")); },
              ThrowsMessage<Error>(HasSubstr("expected <|endoftext|> in its vocabulary")));
}

TEST(TokenStream, KeepsTheOrderAndTokensWhateverTheNumberOfThreads) {
  constexpr int kDocuments = 5000;  // far more than the queue holds
  const Tokenizer tokenizer = character_tokenizer();
  TokenStream single(plain_reader(numbered_documents(kDocuments)), tokenizer, {.threads = 1});
  const auto expected = all(single);
  ASSERT_EQ(expected.size(), size_t{kDocuments});
  EXPECT_EQ(tokenizer.decode(expected[4999]), "4999<|endoftext|>");
  for (const int threads : {2, 3, 8}) {
    TokenStream stream(plain_reader(numbered_documents(kDocuments)), tokenizer,
                       {.threads = threads});
    EXPECT_EQ(all(stream), expected) << threads << " threads";
    EXPECT_EQ(stream.progress().documents, kDocuments);
    EXPECT_EQ(stream.progress().tokens, single.progress().tokens);
    EXPECT_EQ(stream.progress().bytes, stream.progress().tokens - kDocuments);
  }
}

TEST(TokenStream, HoldsMoreBytesThanItsQueue) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += std::string(1 << 20, 'x') + "\n<|endoftext|>\n";
  TokenStream stream(plain_reader(text), character_tokenizer(), {.threads = 2});
  EXPECT_EQ(all(stream).size(), 100u);
}

TEST(TokenStream, EndsAfterTheDocumentThatReachesTheLimit) {
  for (const int threads : {1, 4}) {
    TokenStream stream(plain_reader("abc\n<|endoftext|>\ndefg\n<|endoftext|>\nhi"),
                       character_tokenizer(), {.threads = threads, .max_tokens = 5});
    EXPECT_EQ(all(stream).size(), 2u);
    EXPECT_EQ(stream.progress().tokens, 4 + 5);
  }
}

/// Gives the same document for ever and counts what was read.
class EndlessSource : public ByteSource {
 public:
  explicit EndlessSource(int64_t& bytes) : bytes_(bytes) {}
  size_t read(char* buffer, size_t capacity) override {
    const std::string_view document = "once upon a time\n<|endoftext|>\n";
    const size_t size = document.copy(buffer, capacity);
    bytes_ += static_cast<int64_t>(size);
    return size;
  }
  const std::string& name() const override { return name_; }

 private:
  int64_t& bytes_;
  std::string name_ = "endless";
};

TEST(TokenStream, ReadsOnlyALittleAheadOfItsReader) {
  int64_t bytes = 0;
  {
    TokenStream stream(DocumentReader(std::make_unique<EndlessSource>(bytes)),
                       character_tokenizer(), {.threads = 2, .max_tokens = 1000});
    EXPECT_EQ(all(stream).size(), 59u);  // of 17 tokens each
  }
  EXPECT_LT(bytes, 1 << 20);
}

TEST(TokenStream, CanBeLeftBeforeItsEnd) {
  int64_t bytes = 0;
  TokenStream stream(DocumentReader(std::make_unique<EndlessSource>(bytes)), character_tokenizer(),
                     {.threads = 3});
  std::vector<int32_t> tokens;
  EXPECT_TRUE(stream.next(tokens));
}

TEST(TokenStream, ThrowsTheReadersErrorWhereItHappened) {
  for (const int threads : {1, 4}) {
    auto source =
        std::make_unique<MemorySource>("{\"text\":\"a\"}\n{\"text\":\"b\"}\n{}\n", "stories");
    TokenStream stream(DocumentReader(std::move(source), {.format = DocumentFormat::json_lines}),
                       character_tokenizer(), {.threads = threads});
    std::vector<int32_t> tokens;
    EXPECT_TRUE(stream.next(tokens));
    EXPECT_TRUE(stream.next(tokens));
    EXPECT_THAT([&] { stream.next(tokens); }, ThrowsMessage<Error>(HasSubstr("stories:3")));
    EXPECT_FALSE(stream.next(tokens));
  }
}

TEST(TokenStream, CountsWhatIsNotUtf8) {
  TokenStream stream(plain_reader("a\xff\n<|endoftext|>\nb\xff\xff"), character_tokenizer());
  all(stream);
  EXPECT_EQ(stream.progress().replaced, 3);
}

TEST(WriteTokenFile, HoldsTheStreamAndNamesItsTokenizer) {
  const TemporaryFolder folder;
  const Tokenizer tokenizer = character_tokenizer();
  TokenStream stream(plain_reader("ab\n<|endoftext|>\nc"), tokenizer);
  int64_t calls = 0;
  write_token_file(folder / "train.tokens", stream, [&](const TokenizeProgress& progress) {
    EXPECT_EQ(progress.documents, ++calls);
  });
  const TokenFile file(folder / "train.tokens");
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(file.info().documents, 2);
  EXPECT_EQ(file.info().vocab_size, tokenizer.vocab_size());
  EXPECT_EQ(file.info().tokenizer_sha256, tokenizer.hash());
  std::vector<int32_t> tokens(5);
  file.copy(0, tokens);
  EXPECT_EQ(tokenizer.decode(tokens), "ab<|endoftext|>c<|endoftext|>");
}

TEST(WriteTokenFile, RefusesAStreamWithoutText) {
  const TemporaryFolder folder;
  TokenStream stream(plain_reader(" \n"), character_tokenizer());
  EXPECT_THAT([&] { write_token_file(folder / "train.tokens", stream); },
              ThrowsMessage<Error>(HasSubstr("stories: there is no text in it")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(TokenStream, ReadsRealStories) {
  const std::filesystem::path data = shared_data();
  if (!std::filesystem::exists(data / "tinystories")) GTEST_SKIP() << "no folder " << data;
  TokenStream stream(DocumentReader(open_file_source(data / "tinystories/tinystories_valid.txt")),
                     Tokenizer::load(data / "models/stories260K"), {.threads = 2});
  EXPECT_EQ(all(stream).size(), 3116u);
  EXPECT_EQ(stream.progress().replaced, 0);
}

}  // namespace
}  // namespace tern
