#include "loop/propose/search_replace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"

namespace tern::loop {
namespace {

using testing::HasSubstr;

constexpr const char* kSource = "float lr = 3e-4f;\nint a = 1;\n{\n}\n{\n}\n";

std::string edit(const std::string& search, const std::string& replace) {
  return "<<<<<<< SEARCH\n" + search + "\n=======\n" + replace + "\n>>>>>>> REPLACE\n";
}

std::string applied(const std::string& answer) {
  return apply_edits(kSource, read_edit_reply(answer).edits);
}

std::string why_not(const std::string& answer) {
  return error_message([&] { applied(answer); });
}

TEST(SearchReplace, ReadsDescriptionExpectationAndEditsAmongOtherWords) {
  const EditReply reply = read_edit_reply(
      "Sure! Here it is.\r\n**DESCRIPTION:** lr: 3e-4 -> 1e-3\r\nExpectation: 1 % lower\n```cpp\n" +
      edit("float lr = 3e-4f;", "float lr = 1e-3f;") + "```\n");
  EXPECT_EQ(reply.description, "lr: 3e-4 -> 1e-3");
  EXPECT_EQ(reply.expectation, "1 % lower");
  ASSERT_EQ(reply.edits.size(), 1U);
  EXPECT_EQ(reply.edits[0].search, "float lr = 3e-4f;\n");
  EXPECT_EQ(reply.edits[0].replace, "float lr = 1e-3f;\n");
}

TEST(SearchReplace, EditsApplyOneAfterTheOther) {
  EXPECT_EQ(applied(edit("int a = 1;", "int a = 2;\nint b = 3;") + edit("int b = 3;", "int c;")),
            "float lr = 3e-4f;\nint a = 2;\nint c;\n{\n}\n{\n}\n");
}

TEST(SearchReplace, AnEmptyReplacementRemovesTheLines) {
  EXPECT_EQ(applied("<<<<<<< SEARCH\nint a = 1;\n=======\n>>>>>>> REPLACE\n"),
            "float lr = 3e-4f;\n{\n}\n{\n}\n");
}

TEST(SearchReplace, ThoughtsDoNotCount) {
  const std::string good = edit("int a = 1;", "int a = 2;");
  const std::string bad = edit("int a = 1;", "int a = 9;");
  EXPECT_THAT(applied("<think>" + bad + "</think>\n" + good), HasSubstr("int a = 2;"));
  EXPECT_THAT(applied(bad + "</think>\n" + good), HasSubstr("int a = 2;"));
  EXPECT_THAT(why_not("<think>" + good), HasSubstr("no edit"));
}

TEST(SearchReplace, AMissingTextIsToldWithTheNearestLine) {
  EXPECT_THAT(why_not(edit("float lr = 3e-4;", "float lr = 1;")),
              HasSubstr("line 1: `float lr = 3e-4f;`"));
}

TEST(SearchReplace, HalfALineIsNoMatch) {
  EXPECT_THAT(why_not(edit("a = 1;", "a = 2;")), HasSubstr("do not occur"));
}

TEST(SearchReplace, ATextThatOccursTwiceIsRefusedWithItsPlaces) {
  EXPECT_THAT(why_not(edit("{", "x")), HasSubstr("occur 2 times, first at the lines 3 and 5"));
}

TEST(SearchReplace, SaysWhatIsWrongWithTheForm) {
  EXPECT_THAT(why_not("I would raise the learning rate."), HasSubstr("no edit"));
  EXPECT_THAT(why_not("<<<<<<< SEARCH\nint a = 1;\n"), HasSubstr("edit 1 has no end"));
  EXPECT_THAT(why_not("<<<<<<< SEARCH\nint\n<<<<<<< SEARCH\nint\n"), HasSubstr("edit 2 begins"));
  EXPECT_THAT(why_not(edit("", "int a;")), HasSubstr("SEARCH part of edit 1 is empty"));
  EXPECT_THAT(why_not(edit("int a = 1;", "int a = 1;")), HasSubstr("by the same"));
}

}  // namespace
}  // namespace tern::loop
