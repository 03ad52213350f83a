#include "tern/sandbox/process_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace tern {
namespace {

namespace fs = std::filesystem;

/// A file of /proc, which has no size; empty when the process is gone.
std::string read_all(const fs::path& path) {
  // A process that ends between opening and reading is an error of the read, which the iterators of
  // a stream throw and its buffer's operator does not.
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

fs::path folder_of(pid_t process) { return fs::path("/proc") / std::to_string(process); }

/// The entries of a folder of /proc whose names are numbers.
std::vector<pid_t> numbers_in(const fs::path& folder) {
  std::vector<pid_t> numbers;
  std::error_code gone;
  for (fs::directory_iterator it(folder, gone), end; !gone && it != end; it.increment(gone)) {
    const std::string name = it->path().filename().string();
    pid_t number = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && stop == name.data() + name.size()) numbers.push_back(number);
  }
  return numbers;
}

void add_children(pid_t process, std::vector<pid_t>& to) {
  const fs::path threads = folder_of(process) / "task";
  for (const pid_t thread : numbers_in(threads)) {
    std::ifstream children(threads / std::to_string(thread) / "children");
    to.insert(to.end(), std::istream_iterator<pid_t>(children), {});
  }
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t process) {
  std::vector<pid_t> found;
  add_children(process, found);
  std::set<pid_t> seen(found.begin(), found.end());
  for (size_t i = 0; i < found.size(); ++i) {
    std::vector<pid_t> children;
    add_children(found[i], children);
    for (const pid_t child : children) {
      // One that moves to another parent meanwhile may be met twice.
      if (seen.insert(child).second) found.push_back(child);
    }
  }
  return found;
}

int64_t resident_bytes(pid_t process) {
  std::ifstream file(folder_of(process) / "statm");
  int64_t size = 0, resident = 0;
  file >> size >> resident;
  return file ? resident * ::sysconf(_SC_PAGESIZE) : 0;
}

double processor_seconds(pid_t process) {
  // The name, in brackets, may hold anything. Behind it stand the state and 10 numbers, then the
  // ticks in user and in kernel mode, of itself and of those children.
  const std::string stat = read_all(folder_of(process) / "stat");
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double ticks = 0, part = 0;
  for (int i = 0; i < 4 && fields >> part; ++i) ticks += part;
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

int64_t tasks_of(pid_t process) {
  // The kernel counts folders of /proc as other file systems do: with "." and "..".
  struct stat folder {};
  if (::stat((folder_of(process) / "task").c_str(), &folder) != 0) return 0;
  return static_cast<int64_t>(folder.st_nlink) - 2;
}

std::vector<pid_t> marked_processes(const std::string& name, const std::string& value) {
  const std::string mark = std::string(1, '\0') + name + "=" + value;
  const std::vector<pid_t> all = numbers_in("/proc");
  std::set<pid_t> found, sessions;
  for (const pid_t process : all) {
    if (process == ::getpid()) continue;
    const std::string environment =
        std::string(1, '\0') + read_all(folder_of(process) / "environ") + std::string(1, '\0');
    const size_t at = environment.find(mark);
    if (at == environment.npos) continue;
    const char next = environment[at + mark.size()];
    if (next != '\0' && next != '/') continue;
    found.insert(process);
    sessions.insert(::getsid(process));
  }
  sessions.erase(-1);
  sessions.erase(::getsid(0));
  for (const pid_t process : all) {
    if (sessions.count(::getsid(process)) > 0) found.insert(process);
  }
  std::set<pid_t> with_descendants = found;
  for (const pid_t process : found) {
    const std::vector<pid_t> below = descendants_of(process);
    with_descendants.insert(below.begin(), below.end());
  }
  with_descendants.erase(::getpid());
  return {with_descendants.begin(), with_descendants.end()};
}

}  // namespace tern
