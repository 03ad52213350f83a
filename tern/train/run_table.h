#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tern {

/// A table (see tern/contract/table.h) that runs append to; a row begins with its step.
class RunTable {
 public:
  /// The file is made when missing; an older Tern's, which lacks the last columns, gets them,
  /// empty. Rows beyond `resumed_step` are dropped, because a resumed run makes them again: all of
  /// them, or in a file that runs share those for which `ours` is true. So is a last line that was
  /// torn by a crash. Throws when the file has another header.
  RunTable(std::filesystem::path path, const std::string& header, int64_t resumed_step,
           const std::function<bool(std::string_view row)>& ours = {});

  /// Appends whole rows. With `sync` they are on the disk when it returns.
  void append(std::string_view rows, bool sync) const;

 private:
  std::filesystem::path path_;
};

}  // namespace tern
