#include "loop/propose/lab_snapshot.h"

#include <fmt/core.h>

#include "tern/base/file.h"
#include "tern/base/file_stamp.h"
#include "tern/base/remove_tree.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kMostBytes = 16 << 20;

}  // namespace

LabSnapshot::LabSnapshot(const Lab& lab)
    : root_(lab.root()), ledger_(lab.ledger()), ledger_stamp_(file_stamp(lab.ledger())) {
  for (const char* name : {"lab.toml", "program.md", "train.cpp", ".gitignore"}) {
    texts_[name] = read_untrusted(root_ / name, kMostBytes);
  }
}

std::string LabSnapshot::put_back(const fs::path& folder) const {
  std::string changed;
  for (const auto& [name, text] : texts_) {
    const fs::path path = root_ / name;
    const auto found = read_untrusted(path, kMostBytes);
    const bool there = fs::symlink_status(path).type() != fs::file_type::not_found;
    if (found == text && there == text.has_value()) continue;
    if (found) write_file_atomically(folder / (name + ".found"), *found);
    if (there && !found) remove_tree(path);  // a link or a folder
    if (text) {
      write_file_atomically(path, *text);
    } else {
      remove_tree(path);
    }
    changed += (changed.empty() ? "" : ", ") + name;
  }
  std::string sentence;
  if (!changed.empty()) {
    sentence = fmt::format(
        "the lab's own {} changed meanwhile and was put back; what was found is "
        "kept in {}",
        changed, fs::relative(folder, root_).string());
  }
  if (file_stamp(ledger_) != ledger_stamp_) {
    sentence += std::string(sentence.empty() ? "" : "; ") + "the ledger was changed";
  }
  return sentence;
}

}  // namespace tern::loop
