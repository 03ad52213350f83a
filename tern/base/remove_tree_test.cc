#include "tern/base/remove_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

/// Runs something as a user whom rights hold back; true when it says so.
bool as_ordinary_user(const fs::path& folder, const std::function<bool()>& does) {
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  if (root && ::chown(folder.c_str(), kNobody, kNobody) != 0) return false;
  const pid_t child = ::fork();
  if (child == 0) {
    if (root && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(1);
    ::_exit(does() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}

void make_file(const fs::path& path) { std::ofstream(path) << "text"; }

/// What an unread program may leave.
void leave_everything(const fs::path& folder) {
  fs::create_directories(folder / "locked" / "inside");
  make_file(folder / "locked" / "inside" / "file");
  ::mkfifo((folder / "pipe").c_str(), 0);
  make_file(folder / "a name\nof two lines");
  make_file(folder / "sparse");
  ::truncate((folder / "sparse").c_str(), off_t{1} << 40);
  for (int i = 0; i < 5000; ++i) make_file(folder / "locked" / std::to_string(i));
  make_file(folder / ".moved-0");  // a name that the remover itself would take
  ::chmod((folder / "locked" / "inside").c_str(), 0);
  ::chmod((folder / "locked").c_str(), 0);
}

void leave_deep_folders(const fs::path& folder) {
  int at = ::open(folder.c_str(), O_DIRECTORY);
  for (int depth = 0; depth < 3000; ++depth) {
    ::mkdirat(at, "deep", 0700);
    const int inside = ::openat(at, "deep", O_DIRECTORY);
    ::close(at);
    at = inside;
  }
  ::close(at);
}

TEST(RemoveTree, RemovesWhateverAProgramLeaves) {
  const TemporaryFolder folder;
  EXPECT_TRUE(as_ordinary_user(folder.path(), [&] {
    fs::create_directories(folder / "run");
    leave_everything(folder / "run");
    leave_deep_folders(folder / "run");
    ::chmod((folder / "run").c_str(), 0);
    return remove_tree(folder / "run");
  }));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(RemoveTree, FollowsNoLink) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "mine");
  make_file(folder / "mine" / "file");
  fs::create_directories(folder / "run" / "deep");
  fs::create_symlink(folder / "mine", folder / "run" / "link");
  fs::create_symlink(folder / "mine", folder / "run" / "deep" / "link");
  fs::create_symlink(folder / "mine", folder / "top");
  EXPECT_TRUE(remove_tree(folder / "run"));
  EXPECT_TRUE(remove_tree(folder / "top"));
  EXPECT_FALSE(fs::exists(folder / "run"));
  EXPECT_TRUE(fs::exists(folder / "mine" / "file"));
}

TEST(RemoveTree, OfWhatIsNotThereHasNothingToDo) { EXPECT_TRUE(remove_tree("/no/such/folder")); }

TEST(RemoveTree, SaysThatSomethingIsLeftAndDoesNotThrow) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "locked" / "inside");
  ::chmod((folder / "locked").c_str(), 0500);
  EXPECT_TRUE(as_ordinary_user(folder / "locked" / "inside",
                               [&] { return !remove_tree(folder / "locked" / "inside"); }));
}

TEST(KeepOnly, LeavesTheFilesOfTheListAndNoMoreOfThemThanIsSaid) {
  const TemporaryFolder folder;
  EXPECT_TRUE(as_ordinary_user(folder.path(), [&] {
    leave_everything(folder.path());
    make_file(folder / "small");
    fs::create_directories(folder / "run");
    fs::create_directories(folder / "model");
    return keep_only(folder.path(), {"small", "sparse", "pipe", "run/", "model"}, 100);
  }));
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    left.push_back(entry.path().filename());
  }
  std::ranges::sort(left);
  EXPECT_EQ(left, (std::vector<std::string>{"run", "small", "sparse"}));
  EXPECT_EQ(read_file(folder / "small"), "text");
  EXPECT_EQ(fs::file_size(folder / "sparse"), 100U);
}

TEST(KeepOnly, KeepsNoLinkToAFileOfOthers) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "run");
  write_file_atomically(folder / "mine", std::string(1000, 'x'));
  fs::create_hard_link(folder / "mine", folder / "run" / "steps.tsv");
  fs::create_symlink(folder / "mine", folder / "run" / "results.tsv");
  EXPECT_TRUE(keep_only(folder / "run", {"steps.tsv", "results.tsv"}, 10));
  EXPECT_TRUE(fs::is_empty(folder / "run"));
  EXPECT_EQ(fs::file_size(folder / "mine"), 1000U);
}

}  // namespace
}  // namespace tern
