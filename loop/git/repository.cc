#include "loop/git/repository.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/sha256.h"

extern char** environ;

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

/// The git program with these settings and additions to its environment, and without the caller's
/// GIT_* variables, which would lead it to another repository. Its words are to be read here.
Words git_command(const Words& environment) {
  Words command = {"env"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view entry = *variable;
    if (!entry.starts_with("GIT_")) continue;
    command.insert(command.end(), {"-u", std::string(entry.substr(0, entry.find('=')))});
  }
  command.emplace_back("LC_ALL=C");
  command.insert(command.end(), environment.begin(), environment.end());
  command.emplace_back("git");
  for (const char* setting :
       {"core.hooksPath=/dev/null", "core.fsmonitor=false", "core.autocrlf=false",
        "core.fsync=committed,loose-object,reference", "core.fsyncMethod=fsync",
        "commit.gpgSign=false", "i18n.commitEncoding=UTF-8", "gc.auto=0"}) {
    command.insert(command.end(), {"-c", setting});
  }
  return command;
}

CapturedRun run_git(const Words& arguments, std::string_view input = {},
                    const Words& environment = {}) {
  Words command = git_command(environment);
  command.insert(command.end(), arguments.begin(), arguments.end());
  return capture_tool(command, input);
}

[[noreturn]] void fail_git(const fs::path& root, const Words& arguments, const CapturedRun& run) {
  std::string words = run.errors.empty() ? run.output : run.errors;
  words.erase(words.find_last_not_of(" \r\n\t") + 1);
  std::string command;
  for (const std::string& argument : arguments) command += " " + argument.substr(0, 100);
  fail("git failed in {} (git{}, exit code {}): {}", root.string(), command, run.exit_code,
       words.empty() ? "it said nothing" : words);
}

std::string without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

/// A message of lines: git refuses NUL, and a terminal should not obey what a proposer wrote.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\n') c = ' ';
  }
  return text + (text.ends_with('\n') ? "" : "\n");
}

/// Seconds since a file was last changed; empty when there is none.
std::optional<double> age_of(const fs::path& path) {
  std::error_code error;
  const auto changed = fs::last_write_time(path, error);
  if (error) return std::nullopt;
  return std::chrono::duration<double>(fs::file_time_type::clock::now() - changed).count();
}

/// The lock file that git found in its way: "Unable to create '/lab/.git/HEAD.lock': File exists."
std::optional<fs::path> lock_in_the_way(const std::string& errors) {
  const size_t end = errors.find(".lock': File exists");
  if (end == std::string::npos) return std::nullopt;
  const size_t begin = errors.rfind('\'', end) + 1;
  return errors.substr(begin, end + 5 - begin);
}

/// A file of .git as one text that changes when its kind, mode or contents do.
std::string described(const fs::path& path) {
  const fs::file_status status = fs::symlink_status(path);
  const auto mode = static_cast<unsigned>(status.permissions());
  switch (status.type()) {
    case fs::file_type::not_found:
      return "none";
    case fs::file_type::regular:
      return fmt::format("file {:o} {}", mode, sha256_of_file(path));
    case fs::file_type::symlink:
      return "link " + fs::read_symlink(path).string();
    default:
      return fmt::format("kind {} {:o}", static_cast<int>(status.type()), mode);
  }
}

void sync_file(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

// git holds the lock of a ref for milliseconds, so one that stays has lost its owner. The index's
// may be held for as long as somebody writes a commit message.
constexpr double kStaleRefLock = 2;       // seconds
constexpr double kStaleIndexLock = 3600;  // seconds

}  // namespace

Repository::Repository(fs::path root) : root_(fs::absolute(root).lexically_normal()) {
  check(fs::symlink_status(git_folder()).type() == fs::file_type::directory,
        "{} is not a git repository of its own (it has no folder .git), which the loop needs for "
        "what it tries; run `git init` and a first commit there, or make a lab with `tern new`",
        root_.string());
  identity_ = identity();
}

fs::path Repository::git_folder() const { return root_ / ".git"; }

CapturedRun Repository::try_git(const Words& arguments, std::string_view input,
                                const Words& environment) const {
  // Named, not searched for: without it git would take a repository further up.
  Words all = {"-C", root_.string(), "--git-dir=" + git_folder().string(),
               "--work-tree=" + root_.string()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run_git(all, input, environment);
}

std::string Repository::git(const Words& arguments, std::string_view input,
                            const Words& environment) const {
  CapturedRun run = try_git(arguments, input, environment);
  if (run.exit_code != 0) fail_git(root_, arguments, run);
  return std::move(run.output);
}

CapturedRun Repository::git_past_lock(const Words& arguments, double stale) const {
  constexpr auto kPause = std::chrono::milliseconds(50);
  for (double waited = 0;; waited += std::chrono::duration<double>(kPause).count()) {
    CapturedRun run = try_git(arguments);
    const std::optional<fs::path> lock = lock_in_the_way(run.errors);
    if (run.exit_code == 0 || !lock || waited > stale) return run;
    const double age = age_of(*lock).value_or(0);
    if (age >= stale) fs::remove(*lock);
    if (stale - age > kStaleRefLock) return run;  // too long to wait for
    std::this_thread::sleep_for(kPause);
  }
}

std::string Repository::resolve(const std::string& name) const {
  if (name.empty() || name.starts_with('-')) return "";
  const CapturedRun run = try_git({"rev-parse", "--verify", "--quiet", name + "^{commit}"});
  return run.exit_code == 0 ? without_newline(run.output) : "";
}

Words Repository::identity() const {
  std::string name = "tern", email = "tern@localhost";
  const CapturedRun run = try_git({"config", "--local", "--get-regexp", "^user\\.(name|email)$"});
  for (size_t line = 0, end; (end = run.output.find('\n', line)) != std::string::npos;
       line = end + 1) {
    const std::string entry = run.output.substr(line, end - line);
    if (entry.starts_with("user.name ")) name = entry.substr(10);
    if (entry.starts_with("user.email ")) email = entry.substr(11);
  }
  return {"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + email, "GIT_COMMITTER_NAME=" + name,
          "GIT_COMMITTER_EMAIL=" + email};
}

std::string Repository::commit_file(const std::string& parent, const std::string& file,
                                    const std::string& text, const std::string& message,
                                    int64_t date) const {
  check(file.find_first_of("/\t\n") == std::string::npos && !file.empty(),
        "only a file at the top of the repository can be committed, not \"{}\"", file);
  const std::string blob =
      without_newline(git({"hash-object", "-w", "--no-filters", "--stdin"}, text));
  const std::string entries = git({"ls-tree", "-z", parent});
  std::string tree = fmt::format("100644 blob {}\t{}", blob, file) + '\0';
  for (size_t entry = 0, end; (end = entries.find('\0', entry)) != std::string::npos;
       entry = end + 1) {
    const std::string_view line = std::string_view(entries).substr(entry, end - entry);
    if (line.substr(line.find('\t') + 1) != file) tree.append(line).append(1, '\0');
  }
  const std::string made = without_newline(git({"mktree", "-z"}, tree));
  Words environment = identity_;
  const std::string when = fmt::format("{} +0000", date);
  environment.insert(environment.end(),
                     {"GIT_AUTHOR_DATE=@" + when, "GIT_COMMITTER_DATE=@" + when});
  return without_newline(
      git({"commit-tree", made, "-p", parent, "-F", "-"}, printable(message), environment));
}

std::optional<std::string> Repository::file_at(const std::string& commit,
                                               const std::string& file) const {
  if (commit.empty()) return std::nullopt;  // which to git would be the index
  // "<hash> blob <bytes>\n<the bytes>\n", or "... missing\n".
  const std::string answer = git({"cat-file", "--batch"}, commit + ":" + file + "\n");
  const std::string head = answer.substr(0, answer.find('\n'));
  const size_t kind = head.find(" blob ");
  if (kind == std::string::npos) return std::nullopt;
  return answer.substr(head.size() + 1, std::stoull(head.substr(kind + 6)));
}

void Repository::set_ref(const std::string& ref, const std::string& commit) const {
  check(ref.starts_with("refs/"), "a ref begins with refs/, found \"{}\"", ref);
  const Words arguments = {"update-ref", ref, commit};
  const CapturedRun run = git_past_lock(arguments, kStaleRefLock);
  if (run.exit_code != 0) fail_git(root_, arguments, run);
}

void Repository::set_head(const std::string& branch) const {
  if (head_branch() == branch) return;
  const Words arguments = {"symbolic-ref", "HEAD", "refs/heads/" + branch};
  const CapturedRun run = git_past_lock(arguments, kStaleRefLock);
  if (run.exit_code != 0) fail_git(root_, arguments, run);
  sync_file(git_folder() / "HEAD");  // which git itself leaves to the system
  sync_file(git_folder());
}

std::string Repository::head_branch() const {
  constexpr std::string_view kBranches = "refs/heads/";
  const CapturedRun run = try_git({"symbolic-ref", "--quiet", "HEAD"});
  const std::string ref = without_newline(run.output);
  return run.exit_code == 0 && ref.starts_with(kBranches) ? ref.substr(kBranches.size()) : "";
}

void Repository::refresh_index(const std::string& file) const {
  const Words arguments = {"reset", "--quiet", "HEAD", "--", file};
  const CapturedRun run = git_past_lock(arguments, kStaleIndexLock);
  // Somebody is writing a commit: the index is theirs, and nothing depends on it.
  if (lock_in_the_way(run.errors)) return;
  if (run.exit_code != 0) fail_git(root_, arguments, run);
}

std::string Repository::diff(const std::string& from, const std::string& to,
                             const std::string& file, bool color) const {
  return git({"diff-tree", "-p", "--no-ext-diff", "--no-textconv",
              color ? "--color=always" : "--color=never", from, to, "--", file});
}

void Repository::copy_to(const fs::path& folder, const std::string& commit,
                         const std::string& branch) const {
  const fs::path copy = fs::absolute(folder).lexically_normal();
  check(!fs::exists(copy) || (fs::is_directory(copy) && fs::is_empty(copy)),
        "{} is there already and not empty; a copy needs a new folder", copy.string());
  const std::string target = (copy / ".git").string();
  const auto run = [&](Words arguments) {
    arguments.insert(arguments.begin(), {"-c", "core.fsync=none"});
    if (const CapturedRun done = run_git(arguments); done.exit_code != 0) {
      fail_git(copy, arguments, done);
    }
  };
  const auto run_in_copy = [&](Words arguments) {
    arguments.insert(arguments.begin(),
                     {"-C", copy.string(), "--git-dir=" + target, "--work-tree=" + copy.string()});
    run(arguments);
  };
  fs::create_directories(copy);
  // Bare, so that branches arrive as branches; --no-local, so that no object is shared by links.
  run({"clone", "--bare", "--no-local", "--no-tags", "--quiet", "--template=", "-c",
       "remote.origin.fetch=+refs/tern/*:refs/tern/*", root_.string(), target});
  run_in_copy({"config", "--remove-section", "remote.origin"});
  run_in_copy({"config", "core.bare", "false"});
  run_in_copy({"checkout", "--quiet", "--force", "-B", branch, commit});
}

std::string Repository::fingerprint() const {
  std::string all = git({"for-each-ref", "--format=%(objectname) %(refname) %(symref)"});
  std::vector<fs::path> files;
  for (const char* name :
       {"HEAD", "config", "config.worktree", "commondir", "shallow", "objects/info/alternates"}) {
    files.push_back(git_folder() / name);
  }
  for (const char* name : {"hooks", "info"}) {
    files.push_back(git_folder() / name);  // a link in its place counts, too
    if (!fs::is_directory(files.back())) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(files.back())) {
      // info/refs is git's own list for servers, made anew whenever objects are packed.
      if (entry.path().filename() != "refs") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    all += fmt::format("{} {}\n", file.lexically_relative(root_).string(), described(file));
  }
  return sha256_of(all);
}

}  // namespace tern::loop
