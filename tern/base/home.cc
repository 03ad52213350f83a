#include "tern/base/home.h"

#include <cstdlib>

#include "tern/base/error.h"

namespace tern {
namespace fs = std::filesystem;

fs::path tern_home() {
  const char* chosen = std::getenv("TERN_HOME");
  const fs::path home = chosen != nullptr && *chosen != '\0'
                            ? fs::path(chosen)
                            : fs::read_symlink("/proc/self/exe").parent_path().parent_path();
  check(fs::exists(home / "share" / "tern" / "toolchain.json"),
        "{} is not Tern's folder: share/tern/toolchain.json is not in it; set TERN_HOME to the "
        "build or "
        "installation folder",
        home.string());
  return home;
}

}  // namespace tern
