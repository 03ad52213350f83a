#include "tern/data/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <numeric>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const std::string kHash(64, 'a');

class TokenFileTest : public ::testing::Test {
 protected:
  void write(std::vector<int32_t> tokens, int64_t vocab_size = 100) {
    TokenFileWriter writer(path_, vocab_size, kHash);
    writer.append(tokens);
    writer.commit();
  }
  std::vector<int32_t> read(int64_t begin, size_t count) {
    std::vector<int32_t> out(count);
    TokenFile(path_).copy(begin, out);
    return out;
  }
  /// Writes a good file, overwrites `bytes` of it at `offset` and expects an error with `words`.
  void expect_rejected(size_t offset, std::string_view bytes, const std::string& words) {
    write({1, 2, 3});
    std::string contents = read_file(path_);
    contents.replace(offset, bytes.size(), bytes);
    write_file_atomically(path_, contents);
    EXPECT_THAT([&] { read(0, 3); },
                ThrowsMessage<Error>(AllOf(HasSubstr("train.tokens"), HasSubstr(words))));
  }

  TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_ / "train.tokens";
};

TEST_F(TokenFileTest, ReturnsWhatWasAppended) {
  for (const int64_t vocab_size : {65'536, 65'537}) {
    const auto largest = static_cast<int32_t>(vocab_size - 1);
    TokenFileWriter writer(path_, vocab_size, kHash);
    writer.append(std::vector<int32_t>{0, 1, largest});
    writer.append(std::vector<int32_t>{40'000});
    writer.commit();

    const TokenFile file(path_);
    EXPECT_EQ(file.size(), 4);
    EXPECT_EQ(file.info().documents, 2);
    EXPECT_EQ(file.info().vocab_size, vocab_size);
    EXPECT_EQ(file.info().bytes_per_token, vocab_size == 65'536 ? 2 : 4);
    EXPECT_EQ(file.info().tokenizer_sha256, kHash);
    EXPECT_THAT(read(0, 4), ElementsAre(0, 1, largest, 40'000));
    EXPECT_THAT(read(2, 2), ElementsAre(largest, 40'000));
    EXPECT_THAT(read(4, 0), ElementsAre());
  }
}

TEST_F(TokenFileTest, HoldsMoreThanTheWriteBuffer) {
  std::vector<int32_t> tokens(2'000'000);
  std::iota(tokens.begin(), tokens.end(), 0);
  write(tokens, 3'000'000);
  EXPECT_EQ(read(0, tokens.size()), tokens);
}

TEST_F(TokenFileTest, RefusesRangesBeyondItsEnd) {
  write({1, 2, 3});
  EXPECT_THAT([&] { read(2, 2); }, ThrowsMessage<Error>(HasSubstr("found 2 tokens from 2")));
  EXPECT_THAT([&] { read(-1, 1); }, ThrowsMessage<Error>(HasSubstr("train.tokens")));
  EXPECT_THAT([&] { read(INT64_MAX, 1); }, ThrowsMessage<Error>(HasSubstr("within 3 tokens")));
}

TEST_F(TokenFileTest, RefusesToWriteIdsOutsideTheVocabulary) {
  EXPECT_THAT(
      [&] {
        write({1, 100});
      },
      ThrowsMessage<Error>(HasSubstr("ids below 100, found 100")));
  EXPECT_THAT([&] { write({-1}); }, ThrowsMessage<Error>(HasSubstr("found -1")));
  EXPECT_THAT([&] { TokenFileWriter(path_, 100, "abc"); }, ThrowsMessage<Error>(HasSubstr("abc")));
}

TEST_F(TokenFileTest, AWriterThatIsKilledLeavesTheOldFile) {
  write({7, 8, 9});
  const auto write_and_die = [&] {
    TokenFileWriter writer(path_, 100, kHash);
    writer.append(std::vector<int32_t>(1'000'000, 5));
    std::raise(SIGKILL);
  };
  EXPECT_EXIT(write_and_die(), ::testing::KilledBySignal(SIGKILL), "");
  EXPECT_THAT(read(0, 3), ElementsAre(7, 8, 9));
}

TEST_F(TokenFileTest, AWriterThatFailsLeavesTheOldFileAndNothingElse) {
  write({7, 8, 9});
  EXPECT_THROW(write({1, 2, 3, 1000}), Error);
  EXPECT_THAT(read(0, 3), ElementsAre(7, 8, 9));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(TokenFileTest, AsksForANewerTernWhenTheVersionIsNewer) {
  expect_rejected(8, "\x02", "found version 2; update Tern");
}

TEST_F(TokenFileTest, RejectsHeadersThatContradictTheFile) {
  expect_rejected(0, "X", "found another kind");
  expect_rejected(12, "\x04", "expected 2 bytes a token for 100 entries, found 4");
  expect_rejected(16, "\x04", "expected 4 tokens of 2 bytes, found 6 bytes");
  expect_rejected(16, std::string(8, '\xff'), "expected 18446744073709551615 tokens");
  expect_rejected(24, "\x04", "expected at most 3 documents, found 4");
  expect_rejected(32, std::string_view("\0", 1), "found 0");
}

TEST_F(TokenFileTest, RejectsFilesCutShortAndIdsThatRotted) {
  expect_rejected(130, "\x64", "expected token ids below 100, found 100");
  write({1, 2, 3});
  const std::string whole = read_file(path_);
  for (const size_t size : {size_t{0}, size_t{100}, whole.size() - 1, whole.size() - 2}) {
    write_file_atomically(path_, whole.substr(0, size));
    EXPECT_THAT([&] { TokenFile file(path_); }, ThrowsMessage<Error>(HasSubstr("train.tokens")));
  }
}

}  // namespace
}  // namespace tern
