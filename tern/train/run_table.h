#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tern {

/// A tab-separated file with a header that runs append to; a row begins with its step.
class RunTable {
 public:
  /// The file is made when missing. Rows beyond `resumed_step` are dropped, because a resumed run
  /// makes them again: all of them, or in a file that runs share those for which `ours` is true. So
  /// is a last line that was torn by a crash. Throws when the file has another header.
  RunTable(std::filesystem::path path, const std::string& header, int64_t resumed_step,
           const std::function<bool(std::string_view row)>& ours = {});

  /// Appends whole rows. With `sync` they are on the disk when it returns.
  void append(std::string_view rows, bool sync) const;

  /// The column of a row, from 0; empty where the row is shorter.
  static std::string_view field(std::string_view row, int column);

 private:
  std::filesystem::path path_;
};

}  // namespace tern
