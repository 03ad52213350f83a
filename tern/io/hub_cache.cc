#include "tern/io/hub_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

std::string folder_name(const HubFile& file) {
  std::string repo = file.repo;
  repo.replace(repo.find('/'), 1, "--");
  return (file.dataset ? "datasets--" : "models--") + repo;
}

}  // namespace

bool is_here(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_commit(std::string_view revision) {
  return revision.size() == 40 &&
         std::all_of(revision.begin(), revision.end(),
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

void make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  check(!problem, "cannot make the folder {}: {}", folder.string(), problem.message());
}

fs::path HubCache::repository(const HubFile& file) const { return folder_ / folder_name(file); }

std::optional<fs::path> HubCache::find(const HubFile& file) const {
  std::string commit = file.revision;
  const fs::path ref = repository(file) / "refs" / file.revision;
  if (!is_commit(commit)) {
    if (!is_here(ref)) return std::nullopt;
    commit = read_file(ref);
  }
  const fs::path path = repository(file) / "snapshots" / commit / file.path;
  return is_here(path) ? std::optional(path) : std::nullopt;
}

bool HubCache::known_absent(const HubFile& file) const {
  return is_commit(file.revision) &&
         is_here(repository(file) / ".no_exist" / file.revision / file.path);
}

void HubCache::remember_absent(const HubFile& file, const std::string& commit) const {
  const fs::path note = repository(file) / ".no_exist" / commit / file.path;
  make_folder(note.parent_path());
  write_file_atomically(note, "");
}

fs::path HubCache::blob(const HubFile& file, const std::string& etag) const {
  return repository(file) / "blobs" / etag;
}

fs::path HubCache::lock(const HubFile& file, const std::string& etag) const {
  return folder_ / ".locks" / folder_name(file) / (etag + ".lock");
}

fs::path HubCache::place(const HubFile& file, const std::string& commit,
                         const std::string& etag) const {
  const fs::path link = repository(file) / "snapshots" / commit / file.path;
  const fs::path target = blob(file, etag).lexically_relative(link.parent_path());
  make_folder(link.parent_path());
  fs::path fresh = link;
  fresh += fmt::format(".tmp-{}", ::getpid());
  std::error_code problem;
  fs::remove(fresh, problem);
  fs::create_symlink(target, fresh, problem);
  if (!problem) fs::rename(fresh, link, problem);
  check(!problem, "cannot link {}: {}; set HF_HOME to a disk that knows symbolic links",
        link.string(), problem.message());

  if (!is_commit(file.revision)) {
    const fs::path ref = repository(file) / "refs" / file.revision;
    make_folder(ref.parent_path());
    if (!is_here(ref) || read_file(ref) != commit) write_file_atomically(ref, commit);
  }
  return link;
}

FileLock::FileLock(const fs::path& path, const std::function<bool()>& keep_going) {
  make_folder(path.parent_path());
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  check(fd_ >= 0, "cannot open the lock {}: {}", path.string(), std::strerror(errno));
  while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const int code = errno;
    const bool busy = code == EWOULDBLOCK || code == EINTR;
    if (busy && (!keep_going || keep_going())) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      continue;
    }
    ::close(fd_);
    check(busy, "cannot lock {}: {}", path.string(), std::strerror(code));
    fail("stopped waiting for another process that holds {}", path.string());
  }
}

FileLock::~FileLock() { ::close(fd_); }

}  // namespace tern
