#include "loop/boundary/boundary.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {
namespace fs = std::filesystem;

std::string recipe(const std::string& lr, const std::string& seed = "1") {
  return "// the recipe\nvoid overrides() {\n  // overrides begin\n  seed = " + seed +
         ";\n  lr = " + lr + ";  // try 1 or 2\n  // overrides end\n}\nint main() {}\n";
}

/// What the recipe with that rate says of itself.
RecipeDescription described(const std::string& lr = "1", const std::string& seed = "1") {
  RecipeDescription recipe;
  for (const auto& [name, value] : KnobValues{{"seed", seed}, {"lr", lr}}) {
    KnobDescription& knob = recipe.knobs.emplace_back();
    knob.name = knob.path = name;
    knob.type = name == "lr" ? "float" : "uint64_t";
    knob.value = value;
    knob.standard = "0";
  }
  return recipe;
}

std::string refuse(const std::string& source, const std::string& incumbent,
                   const History& history = History()) {
  return refuse_change(source, incumbent, described(), history);
}

Json planned(int64_t number, const std::string& source) {
  Json event = Json::object();
  event.set("event", "planned");
  event.set("experiment", number);
  event.set("description", "another rate");
  event.set("base", number - 1);
  event.set("program", program_hash(source));
  return event;
}

Json discarded(int64_t number) {
  Json event = Json::object();
  event.set("event", "ended");
  event.set("experiment", number);
  event.set("status", "discard");
  return event;
}

bool says(const std::string& sentence, const std::string& words) {
  return sentence.find(words) != std::string::npos;
}

TEST(RefuseChange, AnotherProgramIsTaken) { EXPECT_EQ(refuse(recipe("2.0f"), recipe("1.0f")), ""); }

TEST(RefuseChange, ADifferenceInCommentsAndBlanksIsNone) {
  const std::string why = refuse(recipe("1.0f") + "\n// faster!\n", recipe("1.0f"));
  EXPECT_TRUE(says(why, "comments or blanks")) << why;
}

TEST(RefuseChange, AnotherSeedAloneIsNoChange) {
  const std::string why = refuse(recipe("1.0f", "77"), recipe("1.0f"));
  EXPECT_TRUE(says(why, "only the seed changed")) << why;
}

TEST(RefuseChange, AnotherSeedBesideAnotherValueIsAChange) {
  EXPECT_EQ(refuse(recipe("2.0f", "77"), recipe("1.0f")), "");
}

TEST(RefuseChange, ARecipeWithoutASeedIsComparedAsItIs) {
  RecipeDescription seedless = described();
  std::erase_if(seedless.knobs, [](const KnobDescription& knob) { return knob.name == "seed"; });
  EXPECT_EQ(refuse_change(recipe("1.0f", "77"), recipe("1.0f"), seedless, History()), "");
}

TEST(RefuseChange, ARecipeThatLostThePlaceForOverridesIsRefused) {
  const std::string why = refuse("int main() {}\n", recipe("1.0f"));
  EXPECT_TRUE(says(why, "`// overrides begin`")) << why;
}

TEST(RefuseChange, NothingIsTriedTwiceNotEvenWithAnotherSeed) {
  const History history(
      {planned(1, recipe("1.0f")), discarded(1), planned(2, recipe("2.0f")), discarded(2)});
  std::string why = refuse(recipe("2.0f") + "// new", recipe("1.0f"), history);
  EXPECT_TRUE(says(why, "experiment 2 tried this very program (discard: ")) << why;
  EXPECT_TRUE(says(why, "another rate")) << why;
  why = refuse(recipe("2.0f", "77"), recipe("1.0f"), history);
  EXPECT_TRUE(says(why, "experiment 2 tried this very program but for its seed")) << why;
}

TEST(RefuseChange, WhatIsTooLongOrNoTextIsRefused) {
  const std::string good = recipe("1.0f");
  const std::string place = "// overrides begin\n// overrides end\n";
  const auto why = [&](const std::string& text) { return refuse(place + text, good); };
  const size_t most = kLargestRecipe - place.size();
  EXPECT_TRUE(says(why(std::string(most + 1, 'x')), "may have 204800"));
  EXPECT_EQ(why(std::string(most, 'x')), "");
  EXPECT_TRUE(says(why("int a;\nint b = " + std::string(1, '\0')), "line 4"));
  for (const char* bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80"}) {
    EXPECT_TRUE(says(why(bad), "not UTF-8")) << bad;
  }
  EXPECT_EQ(why("// \xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa6\nint a;"), "");
}

class RefuseFolder : public testing::Test {
 protected:
  RefuseFolder() {
    for (const fs::path& root : {work(), pristine()}) {
      fs::create_directories(root / "tools" / "deep");
      fs::create_directories(root / ".git");
      write(root / "train.cpp", "int main() {}\n");
      write(root / "lab.toml", "version = 1\n");
      write(root / "program.md", "# Goal\n");
      write(root / "tools" / "deep" / "x.sh", "true\n");
      fs::create_symlink("program.md", root / "AGENTS.md");
    }
    write(work() / "train.cpp", "int main() { return 1; }\n");
    write(work() / ".git" / "index", "the agent's own commits");
  }

  static void write(const fs::path& path, const std::string& text) {
    write_file_atomically(path, text);
  }
  fs::path work() const { return folder_ / "work"; }
  fs::path pristine() const { return folder_ / "pristine"; }
  std::string why() const { return refuse_folder(work(), pristine(), {".aider*", ".cache"}); }

  TemporaryFolder folder_;
};

TEST_F(RefuseFolder, AChangeOfTrainCppAloneIsTaken) { EXPECT_EQ(why(), ""); }

TEST_F(RefuseFolder, AgentsOwnLitterAtTheTopIsLeftOut) {
  write(work() / ".aider.chat.history.md", "hello");
  fs::create_directory(work() / ".cache");
  EXPECT_EQ(why(), "");
  fs::create_directory(work() / "tools" / ".cache");
  EXPECT_TRUE(says(why(), "added tools/.cache")) << why();
}

TEST_F(RefuseFolder, ChangedAddedAndRemovedFilesAreNamed) {
  write(work() / "lab.toml", "version = 2\n");
  write(work() / "notes.txt", "");
  fs::remove(work() / "program.md");
  EXPECT_EQ(why(),
            "only train.cpp may be changed, and this changed lab.toml, added notes.txt, removed "
            "program.md; leave everything else as it is");
}

TEST_F(RefuseFolder, AChangeDeepInsideIsSeen) {
  write(work() / "tools" / "deep" / "x.sh", "trux\n");
  EXPECT_TRUE(says(why(), "changed tools/deep/x.sh")) << why();
}

TEST_F(RefuseFolder, AnEmptyFolderIsAnAddition) {
  fs::create_directory(work() / "build");
  EXPECT_TRUE(says(why(), "added build")) << why();
}

TEST_F(RefuseFolder, AnExecutableBitIsAChange) {
  fs::permissions(work() / "lab.toml", fs::perms::owner_exec, fs::perm_options::add);
  EXPECT_TRUE(says(why(), "changed lab.toml")) << why();
}

TEST_F(RefuseFolder, AFileThatBecameALinkToTheSameTextIsRefused) {
  fs::remove(work() / "lab.toml");
  fs::create_symlink(pristine() / "lab.toml", work() / "lab.toml");
  EXPECT_TRUE(says(why(), "made lab.toml a symbolic link")) << why();
}

TEST_F(RefuseFolder, ALinkThatPointsElsewhereIsAChange) {
  fs::remove(work() / "AGENTS.md");
  fs::create_symlink("/etc/passwd", work() / "AGENTS.md");
  EXPECT_TRUE(says(why(), "changed AGENTS.md")) << why();
}

TEST_F(RefuseFolder, APipeInPlaceOfAFileDoesNotHangTheLoop) {
  fs::remove(work() / "lab.toml");
  ASSERT_EQ(::mkfifo((work() / "lab.toml").c_str(), 0600), 0);
  EXPECT_TRUE(says(why(), "made lab.toml a special file")) << why();
}

TEST_F(RefuseFolder, TrainCppMustBeAFileOfItsOwn) {
  const fs::path file = work() / "train.cpp";
  fs::remove(file);
  EXPECT_TRUE(says(why(), "train.cpp is gone")) << why();
  fs::create_symlink("/etc/passwd", file);
  EXPECT_TRUE(says(why(), "train.cpp is a symbolic link")) << why();
  fs::remove(file);
  write(folder_ / "outside", "int main() {}\n");
  fs::create_hard_link(folder_ / "outside", file);
  EXPECT_TRUE(says(why(), "hard link")) << why();
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_TRUE(says(why(), "train.cpp is a folder")) << why();
  fs::remove(file);
  write(file, std::string(kLargestRecipe + 1, ' '));
  EXPECT_TRUE(says(why(), "make it shorter")) << why();
}

TEST_F(RefuseFolder, ARepositoryWithinAndALinkedGitFolderAreRefused) {
  fs::create_directories(work() / "tools" / ".git");
  EXPECT_TRUE(says(why(), "added tools/.git")) << why();
  fs::remove(work() / "tools" / ".git");
  write(work() / ".gitmodules", "[submodule \"x\"]\n");
  EXPECT_TRUE(says(why(), "added .gitmodules")) << why();
  fs::remove(work() / ".gitmodules");
  fs::remove_all(work() / ".git");
  EXPECT_EQ(why(), "");
  write(work() / ".git", "gitdir: /elsewhere\n");
  EXPECT_TRUE(says(why(), "made .git a file")) << why();
}

}  // namespace
}  // namespace tern
