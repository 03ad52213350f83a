#include "loop/bench/compiler_log.h"

#include <gtest/gtest.h>

namespace tern::loop {
namespace {

TEST(FirstDiagnostic, IsTheErrorAndNoFileWithErrorInItsName) {
  EXPECT_EQ(first_diagnostic("In file included from /lab/errors/error.h:1,\n"
                             "                 from /lab/train.cpp:1:\n"
                             "/lab/errors/error.h: In function 'int error_count()':\n"
                             "/lab/errors/error.h:4:33: warning: unused variable 'error'\n"
                             "/lab/train.cpp:2:57: error: 'x' was not declared in this scope\n"
                             "/lab/train.cpp:9:1: error: expected '}' at end of input\n"),
            "train.cpp:2:57: error: 'x' was not declared in this scope");
}

TEST(FirstDiagnostic, IsNoLineOfSourceQuotedBelowAWarning) {
  EXPECT_EQ(first_diagnostic("train.cpp:2:9: warning: unused variable 's'\n"
                             "    2 | auto s = \"x: error: y\";\n"
                             "auto s = \"x: error: y\";\n"
                             "// see: error: z\n"
                             "my lab/train.cpp:3:1: error: use of undeclared identifier 'x'\n"),
            "train.cpp:3:1: error: use of undeclared identifier 'x'");
}

TEST(FirstDiagnostic, IsAFatalErrorOfACompilerOrItsDriver) {
  EXPECT_EQ(first_diagnostic("/lab/train.cpp:1:10: fatal error: no_file.h: No such file\n"
                             "compilation terminated.\n"),
            "train.cpp:1:10: fatal error: no_file.h: No such file");
  EXPECT_EQ(first_diagnostic("c++: fatal error: Killed signal terminated program cc1plus\n"
                             "compilation terminated.\n"),
            "c++: fatal error: Killed signal terminated program cc1plus");
}

TEST(FirstDiagnostic, IsWhatTheLinkerMissesAndNotThatItFailed) {
  const std::string gcc = "collect2: error: ld returned 1 exit status\n";
  const std::string clang = "clang: error: linker command failed with exit code 1\n";
  EXPECT_EQ(first_diagnostic("ld.lld: error: undefined symbol: error_count()\n"
                             ">>> referenced by train.cpp\n" +
                             gcc),
            "ld.lld: error: undefined symbol: error_count()");
  EXPECT_EQ(first_diagnostic("/usr/bin/ld: /tmp/error.o: in function `main':\n"
                             "train.cpp:(.text+0x5): undefined reference to `f()'\n" +
                             clang),
            "train.cpp:(.text+0x5): undefined reference to `f()'");
  EXPECT_EQ(first_diagnostic("/usr/bin/ld: cannot find -lnone: No such file\n" + gcc),
            "ld: cannot find -lnone: No such file");
}

TEST(FirstDiagnostic, IsTheLastLineWhereNoneTellsOfAnError) {
  EXPECT_EQ(first_diagnostic("reading errors.h\nSegmentation fault\n\n"), "Segmentation fault");
  EXPECT_EQ(first_diagnostic(""), "it printed nothing");
}

TEST(FirstDiagnostic, IsShort) {
  EXPECT_EQ(first_diagnostic("a.cpp:1:1: error: " + std::string(1000, 'x') + "\n").size(), 300U);
}

}  // namespace
}  // namespace tern::loop
