#include "tern/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"

namespace tern {
namespace {

using ::testing::StartsWith;

Json parsed(std::string_view text) { return Json::parse(text, "some.json"); }

TEST(Json, PrintsWhatItReadWithKeysInTheirOrder) {
  const char* text = R"({"z":null,"a":[true,-7,0.25,"x\n\"y\""],"m":{}})";
  EXPECT_EQ(parsed(text).dump(), text);
  EXPECT_EQ(parsed(R"({"b":[1]})").dump_pretty(), "{\n  \"b\": [\n    1\n  ]\n}");
}

TEST(Json, NumbersSurvivePrintingBitForBit) {
  for (const double number : {0.1, 1.0 / 3, 1e-300, 123456789.123456789}) {
    EXPECT_EQ(parsed(Json(number).dump()).as_double(), number);
  }
  EXPECT_EQ(parsed("9223372036854775807").as_int(), INT64_MAX);
}

TEST(Json, AnIntegerIsANumberButNotTheOtherWayRound) {
  EXPECT_EQ(parsed("3").as_double(), 3.0);
  EXPECT_EQ(error_message([] { parsed("3.5").as_int(); }), "expected a JSON integer, found number");
  EXPECT_FALSE(parsed("18446744073709551615").is_int());
}

TEST(Json, AValueOfAnotherKindIsRefusedWithBothKinds) {
  EXPECT_EQ(error_message([] { parsed("[]").as_string(); }), "expected a JSON string, found array");
  EXPECT_EQ(error_message([] { parsed("null").items(); }), "expected a JSON array, found null");
}

TEST(Json, AMissingMemberIsNamed) {
  const Json json = parsed(R"({"here":1})");
  EXPECT_EQ(json.at("here").as_int(), 1);
  EXPECT_EQ(json.find("gone"), nullptr);
  EXPECT_EQ(error_message([&] { json.at("gone"); }), "\"gone\" is missing");
}

TEST(Json, AMemberThatIsMissingOrNullHasAFallback) {
  const Json json = parsed(R"({"none":null,"text":"x"})");
  EXPECT_EQ(json.get("none", int64_t{5}), 5);
  EXPECT_EQ(json.get("gone", "y"), "y");
  EXPECT_EQ(json.get("text", "y"), "x");
  EXPECT_EQ(error_message([&] { json.get("text", true); }),
            "\"text\": expected a JSON boolean, found string");
}

TEST(Json, SettingAMemberAgainReplacesIt) {
  Json json = Json::object();
  json.set("a", 1);
  json.set("b", 2);
  json.set("a", "one");
  EXPECT_EQ(json.dump(), R"({"a":"one","b":2})");
}

TEST(Json, WhatIsNotJsonIsRefusedWithItsSource) {
  for (const char* text : {"", "{", "[1,]", "{} {}", "nan", "1e999", "\"\xff\""}) {
    EXPECT_THAT(error_message([&] { parsed(text); }), StartsWith("some.json: not valid JSON"))
        << text;
  }
}

TEST(Json, NestingThatCouldExhaustTheStackIsRefused) {
  EXPECT_EQ(parsed(std::string(200, '[') + std::string(200, ']')).kind(), std::string("array"));
  EXPECT_EQ(error_message([] { parsed(std::string(100'000, '[')); }),
            "some.json: JSON is nested more than 200 deep");
}

TEST(Json, BytesThatAreNotUtf8ArePrintedAsReplacementCharacters) {
  EXPECT_EQ(Json("caf\xe9").dump(), "\"caf\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace tern
