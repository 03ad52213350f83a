#include "tern/runner/recipe_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include <csignal>

#include "tern/base/command.h"
#include "tern/base/error_message_test_util.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/sandbox/process_tree.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A program that stands in for a built recipe, and what is heard of it.
class Recipe {
 public:
  explicit Recipe(const std::string& script) {
    write_file_atomically(program(), "#!/bin/sh\n" + script);
    fs::permissions(program(), fs::perms::owner_all);
  }
  fs::path program() const { return folder_ / "program"; }
  fs::path path(const std::string& name) const { return folder_ / name; }
  RecipeDescription describe() const { return describe_recipe(program(), available_sandbox()); }
  std::string refusal() const {
    return error_message([this] { describe(); });
  }

 private:
  TemporaryFolder folder_;
};

RecipeDescription one_knob() {
  KnobDescription knob;
  knob.name = "lr";
  knob.path = "lr.peak";
  knob.type = "double";
  knob.value = knob.standard = "1e-3";
  return {.knobs = {knob}};
}

TEST(DescribeRecipe, HearsWhatAProgramSaysOfItsKnobs) {
  const Recipe recipe("[ \"$*\" = --describe ] && cat <<'END'\n" + one_knob().to_text() + "END\n");
  const RecipeDescription heard = recipe.describe();
  ASSERT_EQ(heard.knobs.size(), 1u);
  EXPECT_EQ(heard.knobs[0].path, "lr.peak");
}

TEST(DescribeRecipe, SaysWhatAProgramSaidInstead) {
  EXPECT_THAT(Recipe("echo what is that; exit 2").refusal(), HasSubstr("what is that"));
  EXPECT_THAT(Recipe("echo fine").refusal(), HasSubstr("found \"fine\""));
  EXPECT_THAT(Recipe("echo '{}'").refusal(), HasSubstr("\"version\" is missing"));
  EXPECT_NE(Recipe("printf '{'; head -c 3000000 /dev/zero | tr '\\0' x; printf '}'").refusal(),
            "no error");
}

TEST(DescribeRecipe, ValuesThatAProgramRefusesAreAWrongUse) {
  const Recipe recipe("echo 'train: --a excludes --b' >&2; exit 2");
  EXPECT_EQ(recipe.refusal(), "the recipe refuses these values: --a excludes --b");
  EXPECT_THROW(recipe.describe(), WrongUse);
}

TEST(DescribeRecipe, LetsAProgramReachNothing) {
  const Recipe recipe("touch \"$(dirname \"$0\")/written\"; cat <<'END'\n" + one_knob().to_text() +
                      "END\n");
  EXPECT_EQ(recipe.describe().knobs.size(), 1u);
  EXPECT_FALSE(fs::exists(recipe.path("written")));
}

/// A compiler that stands in for the real one: a shell script, called with source, -o and program.
class Build {
 public:
  explicit Build(const std::string& script, bool now = true) {
    fs::create_directories(home() / "share" / "tern");
    fs::create_directories(home() / "include" / "tern");
    write_file_atomically(
        home() / "share" / "tern" / "toolchain.json",
        Json(Json::Object{{"compile", Json::Array{"sh", "-c", script}}, {"link", Json::Array{}}})
            .dump());
    write_file_atomically(folder_ / "train.cpp", "the recipe");
    if (now) run();
  }
  void run() {
    result = build_recipe(Toolchain::read(home()), {.source = folder_ / "train.cpp",
                                                    .program = program(),
                                                    .log = folder_ / "log",
                                                    .sandbox = available_sandbox(),
                                                    .watch = {}});
  }
  fs::path home() const { return folder_ / "home"; }
  fs::path folder() const { return folder_.path(); }
  fs::path program() const { return folder_ / "program"; }
  std::string log() const { return read_file(folder_ / "log"); }
  /// Whatever the build has left beside its inputs.
  int64_t files() const {
    return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator());
  }

  JobResult result;

 private:
  TemporaryFolder folder_;
};

TEST(BuildRecipe, LeavesAProgramThatCanBeRun) {
  const Build build("cp \"$0\" \"$2\"");
  EXPECT_EQ(build.result.exit_code, 0) << build.log();
  EXPECT_EQ(read_file(build.program()), "the recipe");
  EXPECT_NE(fs::status(build.program()).permissions() & fs::perms::owner_exec, fs::perms::none);
  EXPECT_EQ(build.files(), 4);
}

TEST(BuildRecipe, OfTextThatDoesNotCompileLeavesTheCompilersWords) {
  const Build build("echo line 3 is wrong >&2; exit 1");
  EXPECT_EQ(build.result.exit_code, 1);
  EXPECT_EQ(build.log(), "line 3 is wrong\n");
  EXPECT_FALSE(fs::exists(build.program()));
  EXPECT_EQ(build.files(), 3);
}

/// A compiler's script in which something happens to it the first time.
std::string at_first(const std::string& what) {
  return "if [ ! -e \"$2.tried\" ]; then touch \"$2.tried\"; " + what + "; fi; cp \"$0\" \"$2\"";
}

TEST(BuildRecipe, IsRepeatedWhereTheCompilerIsKilled) {
  for (const char* kill :
       {"kill -KILL $$", "kill -TERM $$",
        "echo g++: fatal error: Killed signal terminated program cc1plus; exit 1",
        "echo 'collect2: fatal error: ld terminated with signal 9 [Killed]'; exit 1"}) {
    EXPECT_EQ(Build(at_first(kill)).result.exit_code, 0) << kill;
  }
}

TEST(BuildRecipe, IsNotRepeatedWhereTheCompilerFailsByItself) {
  EXPECT_EQ(Build(at_first("kill -SEGV $$")).result.exit_code, 128 + SIGSEGV);
  EXPECT_EQ(Build(at_first("exit 1")).result.exit_code, 1);
}

TEST(BuildRecipe, EndsWhereTheCompilerIsKilledEachTime) {
  EXPECT_EQ(Build("kill -KILL $$").result.exit_code, 128 + SIGKILL);
}

TEST(BuildRecipe, LetsTheCompilerWriteNowhereElse) {
  const Build build("cp \"$0\" \"$2\"; touch \"$(dirname \"$0\")/written\"");
  EXPECT_EQ(build.files(), build.result.exit_code == 0 ? 4 : 3);
}

TEST(BuildRecipe, LetsTheCompilerFillNoDisk) {
  const Build file("exec head -c 600000000 /dev/zero > \"$2\"");
  EXPECT_NE(file.result.exit_code, 0);
  const Build files(
      "for i in 1 2 3 4 5 6 7 8; do fallocate -l 400M \"$TMPDIR/$i\"; done; exec sleep 100");
  EXPECT_EQ(files.result.limit, "its files took more than 2048.0 MiB of the disk");
}

TEST(BuildRecipe, LetsTheCompilerStartNoFloodOfProcesses) {
  const Build build("for i in $(seq 1000); do sleep 100 & done; wait");
  EXPECT_THAT(build.result.limit, HasSubstr("processes and threads at once"));
}

TEST(BuildRecipe, WhatItLeavesWhenTernIsKilledIsFoundByItsFolder) {
  // With a PID namespace nothing would be left to be found.
  ::setenv("TERN_SANDBOX", "-pid", 1);
  Build build("sh -c 'sleep 100; true' & wait", false);
  const pid_t tern = ::fork();
  if (tern == 0) {
    build.run();
    ::_exit(0);
  }
  ::unsetenv("TERN_SANDBOX");
  const auto left = [&] { return marked_processes(kJobMark, build.folder().string()).size(); };
  while (left() < 3) ::usleep(5000);
  ::kill(descendants_of(tern).front(), SIGKILL);
  ::kill(tern, SIGKILL);
  ::waitpid(tern, nullptr, 0);
  kill_leftovers(build.folder().string());
  EXPECT_EQ(left(), 0u);
}

}  // namespace
}  // namespace tern
