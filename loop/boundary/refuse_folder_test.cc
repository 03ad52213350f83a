#include "loop/boundary/refuse_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "loop/boundary/refuse_text.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern::loop {
namespace {
namespace fs = std::filesystem;

bool says(const std::string& sentence, const std::string& words) {
  return sentence.find(words) != std::string::npos;
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
}  // namespace tern::loop
