#include "loop/file_stamp.h"

#include <fmt/core.h>
#include <sys/stat.h>

namespace tern {

std::string file_stamp(const std::filesystem::path& path) {
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0) return "";
  return fmt::format("{}-{}-{:o}-{}.{}-{}.{}", s.st_ino, s.st_size, s.st_mode, s.st_mtim.tv_sec,
                     s.st_mtim.tv_nsec, s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
}

}  // namespace tern
