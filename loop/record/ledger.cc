#include "loop/record/ledger.h"

#include <ctime>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/file_stamp.h"

namespace tern::loop {
namespace fs = std::filesystem;

Ledger::Ledger(fs::path path) : path_(std::move(path)) {
  if (fs::exists(path_)) {
    const std::string text = read_file(path_);
    const size_t whole = text.rfind('\n') + 1;  // 0 where there is no whole line
    if (whole < text.size()) fs::resize_file(path_, whole);
  }
  stamp_ = file_stamp(path_);
}

void Ledger::append(Json event) {
  check(file_stamp(path_) == stamp_,
        "{} was changed by something else than this loop, so nothing can be built on it; look at "
        "its last lines, mend it, and start again",
        path_.string());
  event.set("time", static_cast<int64_t>(std::time(nullptr)));
  fs::create_directories(path_.parent_path());
  const uintmax_t size = fs::exists(path_) ? fs::file_size(path_) : 0;
  try {
    append_file(path_, event.dump() + "\n");
  } catch (const Error&) {
    std::error_code ignored;
    fs::resize_file(path_, size, ignored);
    stamp_ = file_stamp(path_);  // so that it goes on once there is room
    throw;
  }
  stamp_ = file_stamp(path_);
}

std::vector<Json> read_ledger(const fs::path& path) {
  std::vector<Json> events;
  if (!fs::exists(path)) return events;
  const std::string text = read_file(path);
  for (size_t line = 0, end; (end = text.find('\n', line)) != std::string::npos; line = end + 1) {
    events.push_back(Json::parse(std::string_view(text).substr(line, end - line),
                                 fmt::format("{}, line {}", path.string(), events.size() + 1)));
  }
  return events;
}

}  // namespace tern::loop
