#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "tern/lab_files/lab.h"

namespace tern::loop {

/// What lies in .tern and the loop goes by later, as it is now: everything there but for what other
/// commands and agents write, and the ledger, which knows itself whether another wrote it. It is
/// told by inode, size and times alone, so that a look costs microseconds a file.
class KeptFiles {
 public:
  explicit KeptFiles(const Lab& lab);

  /// The first file that was changed or added meanwhile, in one sentence; empty without one. What
  /// lies in `working`, where the loop itself was at work, does not count; nor does a file that
  /// went, as nobody believes what is not there.
  std::string changed(const std::filesystem::path& working = {}) const;

 private:
  using Stamps = std::map<std::filesystem::path, std::string>;
  Stamps stamps(const std::filesystem::path& but) const;

  std::filesystem::path folder_;
  Stamps before_;
};

}  // namespace tern::loop
