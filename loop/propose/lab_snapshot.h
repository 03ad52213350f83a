#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tern/lab_files/lab.h"

namespace tern::loop {

/// The lab's own files (lab.toml, program.md, train.cpp, .gitignore) as they are now, to be put
/// back when something that only had a copy to work on has reached them by another way. As they
/// are, not as they were committed: people edit them.
class LabSnapshot {
 public:
  explicit LabSnapshot(const Lab& lab);

  /// Puts back what changed meanwhile, and says what that was in one sentence; empty when nothing
  /// did. What was found in its place is kept in `folder`. A changed ledger is told, not mended:
  /// it cannot be told from lost results.
  std::string put_back(const std::filesystem::path& folder) const;

 private:
  std::filesystem::path root_, ledger_;
  std::map<std::string, std::optional<std::string>> texts_;  // empty: no such file
  std::string ledger_stamp_;
};

}  // namespace tern::loop
