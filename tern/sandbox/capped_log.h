#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tern {

/// A log file that stays small whatever is written: the first half of `limit` bytes goes to the
/// file as it comes, the last half is kept and follows at the end, after a line that says how many
/// bytes between them were left out. A limit of 0 keeps everything.
class CappedLog {
 public:
  /// Empties or makes the file. Throws when it cannot be written.
  CappedLog(std::filesystem::path path, int64_t limit);
  ~CappedLog();
  CappedLog(const CappedLog&) = delete;
  CappedLog& operator=(const CappedLog&) = delete;

  void append(std::string_view text);
  /// Writes the kept end. Throws when the file could not be written, now or before.
  void finish();

 private:
  void write(std::string_view text);

  std::filesystem::path path_;
  int file_ = -1;
  int error_ = 0;  // of the first write that failed
  size_t head_left_ = 0;
  size_t tail_size_ = 0;
  std::string tail_;      // the newest bytes behind the head; a little more than tail_size_
  int64_t left_out_ = 0;  // bytes
};

}  // namespace tern
