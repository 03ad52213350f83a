#include "loop/git/repository.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern::loop {
namespace {
namespace fs = std::filesystem;

/// A repository with one commit of train.cpp, lab.toml and a folder.
class RepositoryTest : public testing::Test {
 protected:
  RepositoryTest() {
    fs::create_directories(root() / "tools");
    write_file_atomically(root() / "train.cpp", "int main() {}\n");
    write_file_atomically(root() / "lab.toml", "version = 1\n");
    write_file_atomically(root() / "tools" / "x.sh", "true\n");
    fs::permissions(root() / "tools" / "x.sh", fs::perms::owner_exec, fs::perm_options::add);
    git({"init", "--quiet", "--initial-branch=main"});
    git({"add", "--all"});
    git({"-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first"});
  }

  fs::path root() const { return folder_ / "lab"; }
  std::string git(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"git", "-C", root().string()});
    const CapturedRun run = capture_process(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.output;
    return run.output;
  }
  std::string tried(const Repository& repository, const std::string& text) const {
    return repository.commit_file(repository.resolve("main"), "train.cpp", text, "lr: 1 -> 2", 99);
  }

  TemporaryFolder folder_;
};

TEST_F(RepositoryTest, ACommitOfAFileLeavesTheWorkTreeTheIndexAndAllRefsAlone) {
  const Repository repository(root());
  const std::string before = git({"status", "--porcelain"}) + git({"for-each-ref"});
  const std::string commit = tried(repository, "int main() { return 1; }\n");
  EXPECT_EQ(git({"status", "--porcelain"}) + git({"for-each-ref"}), before);
  EXPECT_EQ(repository.file_at(commit, "train.cpp"), "int main() { return 1; }\n");
  EXPECT_EQ(repository.file_at(commit, "lab.toml"), "version = 1\n");
  EXPECT_EQ(git({"diff", "--raw", "--no-abbrev", "main", commit}).find(":100644 100644"), 0U);
  EXPECT_EQ(git({"diff", "--name-only", "main", commit}), "train.cpp\n");
}

TEST_F(RepositoryTest, TheSameCommitMadeAgainAfterAKillIsTheSame) {
  const std::string text = "int main() { return 1; }\n";
  EXPECT_EQ(tried(Repository(root()), text), tried(Repository(root()), text));
}

TEST_F(RepositoryTest, CommitsAreTernsUnlessTheLabHasAnIdentity) {
  const std::string format = "--format=%an <%ae> %cn <%ce> %at %s";
  EXPECT_EQ(git({"log", "-1", format, tried(Repository(root()), "1")}),
            "tern <tern@localhost> tern <tern@localhost> 99 lr: 1 -> 2\n");
  git({"config", "user.name", "Ada"});
  git({"config", "user.email", "ada@x"});
  EXPECT_EQ(git({"log", "-1", format, tried(Repository(root()), "1")}),
            "Ada <ada@x> Ada <ada@x> 99 lr: 1 -> 2\n");
}

TEST_F(RepositoryTest, KeepsEveryByteOfAFile) {
  std::string text(1, '\0');
  text += "\r\n\xff no newline at the end";
  const Repository repository(root());
  EXPECT_EQ(repository.file_at(tried(repository, text), "train.cpp"), text);
}

TEST_F(RepositoryTest, AProposersMessageCannotHarmATerminalOrStopTheLoop) {
  const Repository repository(root());
  const std::string message = std::string("red\x1b[31m nul") + '\0' + " end";
  const std::string commit =
      repository.commit_file(repository.resolve("main"), "train.cpp", "1", message, 5);
  EXPECT_EQ(git({"log", "-1", "--format=%B", commit}), "red [31m nul  end\n\n");
}

TEST_F(RepositoryTest, WhatIsNotThereIsEmpty) {
  const Repository repository(root());
  EXPECT_EQ(repository.resolve("refs/heads/none"), "");
  EXPECT_EQ(repository.resolve("--all"), "");
  EXPECT_EQ(repository.resolve(""), "");
  EXPECT_EQ(repository.file_at("main", "none.cpp"), std::nullopt);
  EXPECT_EQ(repository.file_at("", "train.cpp"), std::nullopt);
}

TEST_F(RepositoryTest, MovesABranchAndShowsItAsCheckedOutWithoutTouchingAFile) {
  const Repository repository(root());
  const std::string commit = tried(repository, "int main() { return 1; }\n");
  repository.set_ref("refs/heads/tern/nov22", commit);
  repository.set_head("tern/nov22");
  EXPECT_EQ(repository.head_branch(), "tern/nov22");
  EXPECT_EQ(repository.resolve("HEAD"), commit);
  EXPECT_EQ(read_file(root() / "train.cpp"), "int main() {}\n");

  write_file_atomically(root() / "train.cpp", "int main() { return 1; }\n");
  repository.refresh_index("train.cpp");
  EXPECT_EQ(git({"status", "--porcelain"}), "");
}

TEST_F(RepositoryTest, ADetachedHeadStandsForNoBranch) {
  git({"checkout", "--quiet", "--detach"});
  EXPECT_EQ(Repository(root()).head_branch(), "");
}

TEST_F(RepositoryTest, NoHookRuns) {
  for (const char* name : {"reference-transaction", "post-checkout", "pre-commit"}) {
    const fs::path hook = root() / ".git" / "hooks" / name;
    write_file_atomically(hook, "#!/bin/sh\ntouch " + (folder_ / "ran").string() + "\n");
    fs::permissions(hook, fs::perms::owner_all);
  }
  const Repository repository(root());
  repository.set_ref("refs/tern/exp/0001", tried(repository, "1"));
  repository.refresh_index("train.cpp");
  repository.copy_to(folder_ / "copy", "main", "main");
  EXPECT_FALSE(fs::exists(folder_ / "ran"));
}

TEST_F(RepositoryTest, TheCallersGitVariablesDoNotLeadElsewhere) {
  ::setenv("GIT_DIR", "/nowhere", 1);
  ::setenv("GIT_INDEX_FILE", "/nowhere/index", 1);
  const Repository repository(root());
  EXPECT_NE(repository.resolve("main"), "");
  EXPECT_NO_THROW(repository.refresh_index("train.cpp"));
  ::unsetenv("GIT_DIR");
  ::unsetenv("GIT_INDEX_FILE");
}

TEST_F(RepositoryTest, AFolderInsideAnotherRepositoryIsNotTakenForThatOne) {
  EXPECT_THROW(Repository(root() / "tools"), Error);
}

TEST_F(RepositoryTest, SaysInGitsWordsWhatWentWrong) {
  try {
    Repository(root()).set_ref("refs/heads/x", "0123456789012345678901234567890123456789");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("nonexistent object"), std::string::npos) << e.what();
  }
}

TEST_F(RepositoryTest, ALockThatAKilledGitLeftDelaysAndDoesNotStop) {
  const Repository repository(root());
  const fs::path lock = root() / ".git" / "refs" / "heads" / "main.lock";
  write_file_atomically(lock, "");
  fs::last_write_time(lock, fs::file_time_type::clock::now() - std::chrono::seconds(60));
  const std::string commit = tried(repository, "1");
  repository.set_ref("refs/heads/main", commit);
  EXPECT_EQ(repository.resolve("main"), commit);
}

TEST_F(RepositoryTest, LeavesTheIndexToAUserWhoIsWritingACommit) {
  const fs::path lock = root() / ".git" / "index.lock";
  write_file_atomically(lock, "");
  EXPECT_NO_THROW(Repository(root()).refresh_index("train.cpp"));
  EXPECT_TRUE(fs::exists(lock));
}

TEST_F(RepositoryTest, ADiffIsPlainWhateverTheUserConfigured) {
  git({"config", "diff.external", "false"});
  git({"config", "diff.noprefix", "true"});
  git({"config", "color.ui", "always"});
  const Repository repository(root());
  const std::string commit = tried(repository, "int main() { return 1; }\n");
  const std::string diff = repository.diff("main", commit, "train.cpp");
  EXPECT_NE(diff.find("--- a/train.cpp\n+++ b/train.cpp\n"), std::string::npos) << diff;
  EXPECT_NE(diff.find("\n-int main() {}\n+int main() { return 1; }\n"), std::string::npos) << diff;
  EXPECT_NE(repository.diff("main", commit, "train.cpp", true).find("\x1b["), std::string::npos);
}

TEST_F(RepositoryTest, ACopyHasAllTriedCommitsAndNothingDoneThereReachesTheLab) {
  const Repository repository(root());
  const std::string commit = tried(repository, "int main() { return 1; }\n");
  repository.set_ref("refs/tern/exp/0001", commit);
  repository.set_ref("refs/heads/tern/a", commit);
  const std::string before = repository.fingerprint();

  repository.copy_to(folder_ / "copy", commit, "work");
  const Repository copy(folder_ / "copy");
  EXPECT_EQ(copy.head_branch(), "work");
  EXPECT_EQ(copy.resolve("HEAD"), commit);
  EXPECT_EQ(copy.resolve("refs/tern/exp/0001"), commit);
  EXPECT_EQ(copy.resolve("refs/heads/tern/a"), commit);
  EXPECT_EQ(read_file(folder_ / "copy" / "train.cpp"), "int main() { return 1; }\n");
  EXPECT_NE(fs::status(folder_ / "copy" / "tools" / "x.sh").permissions() & fs::perms::owner_exec,
            fs::perms::none);
  const auto in_copy = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"git", "-C", (folder_ / "copy").string()});
    return capture_process(arguments).output;
  };
  EXPECT_EQ(in_copy({"status", "--porcelain"}), "");
  EXPECT_EQ(in_copy({"remote"}), "");
  EXPECT_FALSE(fs::exists(folder_ / "copy" / ".git" / "hooks"));

  fs::remove_all(folder_ / "copy" / ".git" / "objects");
  EXPECT_EQ(repository.fingerprint(), before);
  EXPECT_EQ(git({"fsck", "--full", "--strict"}), "");
}

TEST_F(RepositoryTest, ReadingDoesNotChangeTheFingerprint) {
  const Repository repository(root());
  const std::string before = repository.fingerprint();
  git({"status"});
  git({"log"});
  git({"gc", "--quiet"});
  tried(repository, "1");
  EXPECT_EQ(repository.fingerprint(), before);
}

TEST_F(RepositoryTest, EveryChangeOfWhatTheRepositoryMeansChangesTheFingerprint) {
  const Repository repository(root());
  std::string last = repository.fingerprint();
  const auto changes = [&] {
    const std::string now = repository.fingerprint();
    return std::exchange(last, now) != now;
  };
  git({"branch", "other"});
  EXPECT_TRUE(changes());
  git({"checkout", "--quiet", "other"});
  EXPECT_TRUE(changes());
  git({"config", "core.editor", "true"});
  EXPECT_TRUE(changes());
  write_file_atomically(root() / ".git" / "hooks" / "pre-commit", "#!/bin/sh\n");
  EXPECT_TRUE(changes());
  fs::permissions(root() / ".git" / "hooks" / "pre-commit", fs::perms::owner_all);
  EXPECT_TRUE(changes());
  write_file_atomically(root() / ".git" / "info" / "attributes", "* filter=x\n");
  EXPECT_TRUE(changes());
  write_file_atomically(root() / ".git" / "objects" / "info" / "alternates", "/tmp\n");
  EXPECT_TRUE(changes());
  git({"tag", "v1"});
  EXPECT_TRUE(changes());
}

}  // namespace
}  // namespace tern::loop
