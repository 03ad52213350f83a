#include "tern/runner/model_paths.h"

namespace tern {
namespace fs = std::filesystem;

std::vector<fs::path> model_paths(const fs::path& folder) {
  std::vector<fs::path> paths = {folder};
  std::error_code unreadable;
  for (fs::directory_iterator it(folder, unreadable), end; !unreadable && it != end;
       it.increment(unreadable)) {
    std::error_code dangling;
    if (!it->is_symlink(dangling)) continue;
    const fs::path target = fs::canonical(it->path(), dangling);
    if (!dangling) paths.push_back(target);
  }
  return paths;
}

}  // namespace tern
