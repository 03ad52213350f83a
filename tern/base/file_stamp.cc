#include "tern/base/file_stamp.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <ctime>

namespace tern {

std::string file_stamp(const std::filesystem::path& path) {
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0) return "";
  return fmt::format("{}-{}-{:o}-{}.{}-{}.{}", s.st_ino, s.st_size, s.st_mode, s.st_mtim.tv_sec,
                     s.st_mtim.tv_nsec, s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
}

bool stamp_is_settled(const std::filesystem::path& path) {
  constexpr double kSeconds = 0.05;  // Linux ticks 100 to 1000 times a second
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0) return true;
  struct timespec now {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const double age = static_cast<double>(now.tv_sec - s.st_ctim.tv_sec) +
                     1e-9 * static_cast<double>(now.tv_nsec - s.st_ctim.tv_nsec);
  return age > kSeconds;
}

}  // namespace tern
