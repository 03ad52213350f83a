#include "loop/boundary/kept_files.h"

#include <fmt/core.h>

#include <set>

#include "tern/base/file_stamp.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

/// What nothing of the loop's is built on, and others may write while it runs.
const std::set<fs::path> kOthers = {"run",         "agent",         "found",       "status.json",
                                    "cache",       "research.lock", "runs",        "ablation",
                                    "tensorboard", "reference.log", "ledger.jsonl"};

}  // namespace

KeptFiles::KeptFiles(const Lab& lab) : folder_(lab.root() / ".tern"), before_(stamps({})) {}

KeptFiles::Stamps KeptFiles::stamps(const fs::path& but) const {
  Stamps found;
  constexpr auto kSkip = fs::directory_options::skip_permission_denied;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder_, kSkip, error), end; !error && it != end;
       it.increment(error)) {
    const fs::path& path = it->path();
    if ((it.depth() == 0 && kOthers.contains(path.filename())) || path == but) {
      it.disable_recursion_pending();
    } else if (std::error_code gone; !it->is_directory(gone) || it->is_symlink(gone)) {
      found[path] = file_stamp(path);
    }
  }
  return found;
}

std::string KeptFiles::changed(const fs::path& working) const {
  for (const auto& [path, stamp] : stamps(working)) {
    const auto before = before_.find(path);
    if (before != before_.end() && before->second == stamp) continue;
    return fmt::format("{} was {} by something else than this loop", path.string(),
                       before == before_.end() ? "added" : "changed");
  }
  return "";
}

}  // namespace tern::loop
