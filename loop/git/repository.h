#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tern/base/process.h"

namespace tern::loop {

/// The lab's git repository, by the commands that never need a clean work tree: commits are made
/// beside it and refs are moved atomically and synced, so that a kill at any instant leaves a whole
/// commit or none. Hooks and the user's signing settings are out of the way. Throws an Error with
/// git's own words when git fails.
class Repository {
 public:
  explicit Repository(std::filesystem::path root);

  const std::filesystem::path& root() const { return root_; }
  /// The commit that a ref or an expression names, full hash; empty when there is none.
  std::string resolve(const std::string& name) const;
  /// A commit whose tree is its parent's with this text as `file` (a regular file); the same
  /// arguments give the same commit. `date` in seconds since 1970 serves author and committer, who
  /// are those of the repository's own configuration, else tern <tern@localhost>.
  std::string commit_file(const std::string& parent, const std::string& file,
                          const std::string& text, const std::string& message, int64_t date) const;
  /// The text of a file in a commit; empty optional when the commit has no such file.
  std::optional<std::string> file_at(const std::string& commit, const std::string& file) const;
  void set_ref(const std::string& ref, const std::string& commit) const;
  /// Makes HEAD stand for a branch without touching the work tree.
  void set_head(const std::string& branch) const;
  /// The branch that HEAD stands for ("main"); empty when HEAD is detached.
  std::string head_branch() const;
  /// Makes the index agree with HEAD for this file, so that `git status` shows the truth; leaves it
  /// while somebody else holds its lock.
  void refresh_index(const std::string& file) const;
  /// A unified diff of one file between two commits; coloured for a terminal on request.
  std::string diff(const std::string& from, const std::string& to, const std::string& file,
                   bool color = false) const;
  /// A copy of the repository with its own objects and refs, and `commit` checked out on `branch`;
  /// nothing done there reaches this one.
  void copy_to(const std::filesystem::path& folder, const std::string& commit,
               const std::string& branch) const;
  /// A hash of everything in .git that decides what the repository means: HEAD, refs, config, hooks
  /// and info. Changes by other hands show as another fingerprint.
  std::string fingerprint() const;

 private:
  std::filesystem::path git_folder() const;
  CapturedRun try_git(const std::vector<std::string>& arguments, std::string_view input = {},
                      const std::vector<std::string>& environment = {}) const;
  /// What git printed; throws when it failed.
  std::string git(const std::vector<std::string>& arguments, std::string_view input = {},
                  const std::vector<std::string>& environment = {}) const;
  /// Waits for a lock and removes one that is older than `stale` seconds: a git that was killed
  /// with the machine left it.
  CapturedRun git_past_lock(const std::vector<std::string>& arguments, double stale) const;
  std::vector<std::string> identity() const;

  std::filesystem::path root_;
  std::vector<std::string> identity_;  // of commits, as words of an environment
};

}  // namespace tern::loop
