#include "loop/boundary/program_text.h"

#include <gtest/gtest.h>

#include "tern/base/file.h"

namespace tern::loop {
namespace {

testing::AssertionResult same(std::string_view a, std::string_view b) {
  if (program_hash(a) == program_hash(b)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << normalized_program(a) << "\nand\n" << normalized_program(b);
}

TEST(ProgramText, CommentsAndBlanksMakeNoOtherProgram) {
  EXPECT_TRUE(same("int  a = 1 + 2 ;\n\n\n", "int a=1+2; // why\n"));
  EXPECT_TRUE(same("int a /* the // \" ' first */ = 1;", "int a = 1;"));
  EXPECT_TRUE(same("// a comment \\\n that goes on\nint a;", "int a;"));
  EXPECT_TRUE(same("f( a , b );\r\n", "f(a,\n  b);"));
  EXPECT_TRUE(same("int a = 1\\\n000;", "int a = 1000;"));
  EXPECT_TRUE(same("int a = 1'000;", "int a = 1000;"));
  EXPECT_TRUE(same("", "/* nothing */ // at all"));
}

TEST(ProgramText, WhatStandsInAStringCounts) {
  EXPECT_FALSE(same("f(\"a b\");", "f(\"a  b\");"));
  EXPECT_FALSE(same("f(\"// a\");", "f(\"// b\");"));
  EXPECT_FALSE(same("f(\"\\\"// a\");", "f(\"\\\"// b\");"));
  EXPECT_FALSE(same("f('\"', /*a*/ 1);", "f('\"', /*a*/ 2);"));
  EXPECT_FALSE(same("f('\\'', \"//a\");", "f('\\'', \"//b\");"));
  EXPECT_FALSE(same("f(u8\"a b\");", "f(u8\"ab\");"));
}

TEST(ProgramText, RawStringsEndAtTheirOwnMark) {
  EXPECT_FALSE(same("f(R\"x( )\" // a )x\");", "f(R\"x( )\" // b )x\");"));
  EXPECT_FALSE(same("f(R\"(a\\\nb)\");", "f(R\"(ab)\");"));
  EXPECT_TRUE(same("f(R\"(\")\" ); // a", "f(R\"(\")\"); // b"));
  EXPECT_FALSE(same("f(FOOR\"(a\", 1); // )\"", "f(FOOR\"(a\", 2); // )\""));
}

TEST(ProgramText, ADigitSeparatorBeginsNoCharacterLiteral) {
  EXPECT_TRUE(same("int a = 1'000; // it's\nint b;", "int a = 1'000;\nint b; // its"));
  EXPECT_FALSE(same("int a = 0x1'0; int b = 1;", "int a = 0x1'0; int b = 2;"));
}

TEST(ProgramText, BlanksThatKeepTokensApartStay) {
  EXPECT_FALSE(same("int a;", "inta;"));
  EXPECT_FALSE(same("a + +b;", "a ++b;"));
  EXPECT_FALSE(same("a = b / *c;", "a = b /*c;*/;"));
  EXPECT_FALSE(same("x = 0xe +1;", "x = 0xe+1;"));
  EXPECT_FALSE(same("x = \"a\" s;", "x = \"a\"s;"));
}

TEST(ProgramText, PreprocessorLinesKeepTheirEndsAndTheirBlanks) {
  EXPECT_FALSE(same("#define A 1\nint b;", "#define A 1 int b;"));
  EXPECT_FALSE(same("#define F(x) x\n", "#define F (x) x\n"));
  EXPECT_TRUE(same("  #  define A 1 // one\n\nint b;", "#define A   1\nint b;"));
  EXPECT_TRUE(same("#define A \\\n  1\n", "#define A 1\n"));
  EXPECT_TRUE(same("#define A /* one\n */ 1\n", "#define A 1\n"));
  EXPECT_FALSE(same("#define A {\n}", "#define A {}\n"));
}

TEST(ProgramText, TextThatEndsInTheMiddleIsTakenAsItIs) {
  for (const char* text :
       {"/* never", "\"never", "R\"x(never", "'", "\\", "#define A \\\n", "1e"}) {
    EXPECT_NO_THROW(normalized_program(text)) << text;
  }
}

TEST(ProgramText, LinesCountStatementsHoweverTheyAreLaidOut) {
  EXPECT_EQ(code_lines("// a\n\nint a;\nint b;\n"), 2);
  EXPECT_EQ(code_lines("int a; int b;"), 2);
  EXPECT_EQ(code_lines("#include <a>\n#include <b>\n"), 2);
  EXPECT_EQ(code_lines("for (int i = 0; i < 9;\n     ++i)\n  f(i);"), 1);
  EXPECT_EQ(code_lines("each([&](int i) { f(i); g(i); });"), 4);
  EXPECT_EQ(code_lines("T a{};"), code_lines("T a;"));
  EXPECT_EQ(code_lines("// nothing"), 0);
}

TEST(ProgramText, TheShippedRecipeIsTheSameWithoutItsComments) {
  const std::string recipe = read_file(TERN_SOURCE_DIR "/lab/train.cpp");
  const std::string normal = normalized_program(recipe);
  EXPECT_EQ(normalized_program(normal), normal);
  EXPECT_EQ(normal.find("The knobs"), std::string::npos);
  EXPECT_GT(code_lines(recipe), 100);
}

}  // namespace
}  // namespace tern::loop
