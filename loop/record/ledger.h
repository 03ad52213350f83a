#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tern/base/json.h"

namespace tern::loop {

/// The append-only record of a lab, .tern/ledger.jsonl: one JSON object a line, synced before
/// append() returns. Everything else (history, tables, branch) is derived from it. One writer at a
/// time; see docs/research.md for the events.
class Ledger {
 public:
  /// Cuts off a last line that was torn by a crash: nothing was built on it.
  explicit Ledger(std::filesystem::path path);

  /// Appends an event, with the time in its "time". Throws when the file was changed by anybody
  /// else meanwhile, or the disk is full; nothing is recorded then.
  void append(Json event);

 private:
  std::filesystem::path path_;
  std::string stamp_;
};

/// The events of a ledger, a torn last line left out; none when there is no such file. Throws an
/// Error that names the line for anything else that is not JSON.
std::vector<Json> read_ledger(const std::filesystem::path& path);

}  // namespace tern::loop
