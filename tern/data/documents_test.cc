#include "tern/data/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tern/base/error.h"
#include "tern/base/utf8.h"
#include "tern/io/memory_source.h"

namespace tern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

DocumentReader reader_of(std::string text, DocumentOptions options = {}, size_t piece = 5) {
  return DocumentReader(std::make_unique<MemorySource>(std::move(text), "stories", piece), options);
}

std::vector<std::string> all(DocumentReader reader) {
  std::vector<std::string> out;
  for (std::string document; reader.next(document);) out.push_back(document);
  return out;
}

DocumentOptions json_lines(std::string field = "text") {
  return {.format = DocumentFormat::json_lines, .field = std::move(field)};
}

TEST(PlainDocuments, EndAtTheMarkAndAreTrimmed) {
  EXPECT_THAT(all(reader_of("\nOne day,\n\na cat.\n<|endoftext|>\n\n A dog. \n<|endoftext|>\n")),
              ElementsAre("One day,\n\na cat.", "A dog."));
}

TEST(PlainDocuments, EndWithTheStreamToo) {
  EXPECT_THAT(all(reader_of("one\n<|endoftext|>\ntwo")), ElementsAre("one", "two"));
  EXPECT_THAT(all(reader_of("one\n<|endoftext|>")), ElementsAre("one"));
  EXPECT_THAT(all(reader_of("only one")), ElementsAre("only one"));
}

TEST(PlainDocuments, KnowTheMarkWithWindowsLineEndsButNotWithinALine) {
  EXPECT_THAT(all(reader_of("one\r\n<|endoftext|>\r\ntwo\r\n")), ElementsAre("one", "two"));
  EXPECT_THAT(all(reader_of("say <|endoftext|>\nhere")), ElementsAre("say <|endoftext|>\nhere"));
}

TEST(PlainDocuments, PassOverEmptyOnes) {
  EXPECT_THAT(all(reader_of("<|endoftext|>\n \n<|endoftext|>\none\n<|endoftext|>\n\n")),
              ElementsAre("one"));
  EXPECT_THAT(all(reader_of("")), ElementsAre());
}

TEST(PlainDocuments, AreSplitAtLineEndsWhenTheyExceedTheLimit) {
  EXPECT_THAT(all(reader_of("aaaa\nbbbb\ncccc\ndddd\n", {.max_bytes = 10})),
              ElementsAre("aaaa\nbbbb", "cccc\ndddd"));
}

TEST(PlainDocuments, AreNeverSplitWithinACharacter) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\u20ac\U0001F600";  // three and four bytes
  for (const size_t limit : {7, 8, 9, 10, 11, 12, 13}) {
    DocumentReader reader = reader_of(text, {.max_bytes = limit});
    std::string joined;
    for (std::string piece; reader.next(piece); joined += piece) EXPECT_LT(piece.size(), 2 * limit);
    EXPECT_EQ(joined, text);
    EXPECT_EQ(reader.replaced(), 0);
  }
}

TEST(PlainDocuments, CountWhatIsNotUtf8) {
  DocumentReader reader = reader_of("a\xff\xfe\n<|endoftext|>\nb\xff");
  std::string document;
  ASSERT_TRUE(reader.next(document));
  EXPECT_EQ(document, fmt::format("a{0}{0}", kReplacementCharacter));
  ASSERT_TRUE(reader.next(document));
  EXPECT_EQ(reader.replaced(), 3);
}

TEST(JsonLines, GiveTheFieldAsItIs) {
  EXPECT_THAT(
      all(reader_of("{\"text\":\" a\\nb \"}\n\n{\"id\":1,\"text\":\"c\\u00e9\"}", json_lines())),
      ElementsAre(" a\nb ", "c\u00e9"));
  EXPECT_THAT(all(reader_of("{\"story\":\"a\"}\n", json_lines("story"))), ElementsAre("a"));
}

TEST(JsonLines, NameTheLineThatIsWrong) {
  const auto rejects = [](const std::string& text, const std::string& words) {
    EXPECT_THAT([&] { all(reader_of(text, json_lines())); },
                ThrowsMessage<Error>(HasSubstr(words)));
  };
  rejects("{\"text\":\"a\"}\n{\"text\":", "stories:2: not valid JSON");
  rejects("{\"text\":\"a\"}\n\n{\"texts\":\"a\"}\n", "stories:3: expected an object with a text");
  rejects("{\"text\":5}\n", "found integer");
  rejects("[1]\n", "found array");
  EXPECT_THAT(
      [] {
        all(reader_of("{\"text\":\"a long line\"}",
                      {.format = DocumentFormat::json_lines, .max_bytes = 8}));
      },
      ThrowsMessage<Error>(HasSubstr("stories:1: expected lines shorter than 8 bytes")));
}

TEST(JsonLines, AreToldByTheName) {
  EXPECT_EQ(document_format_of("a/train.jsonl"), DocumentFormat::json_lines);
  EXPECT_EQ(document_format_of("train.jsonl.gz"), DocumentFormat::json_lines);
  EXPECT_EQ(document_format_of("https://x.org/train.jsonl?download=true"),
            DocumentFormat::json_lines);
  EXPECT_EQ(document_format_of("train.txt"), DocumentFormat::plain);
}

}  // namespace
}  // namespace tern
