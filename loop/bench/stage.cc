#include "loop/bench/stage.h"

#include "tern/base/error.h"
#include "tern/base/remove_tree.h"
#include "tern/sandbox/supervise.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

void remove_whole(const fs::path& folder) {
  check(remove_tree(folder),
        "cannot remove {}, which a run before has left; look at its rights, and remove it",
        folder.string());
}

}  // namespace

Stage::Stage(const Lab& lab) : root_(lab.root() / ".tern" / "run") { end_leftovers(); }

void Stage::clear() const {
  remove_whole(root_);
  fs::create_directories(folder());
}

void Stage::move_to(const fs::path& kept) const {
  const fs::path place = kept.parent_path();
  remove_whole(place);
  fs::create_directories(place);
  for (const fs::path& log : {log(), attendant_log(), score_log()}) {
    if (fs::exists(log)) fs::rename(log, place / log.filename());
  }
  fs::rename(folder(), kept);
}

void Stage::end_leftovers() const { kill_leftovers(root_.string()); }

}  // namespace tern::loop
