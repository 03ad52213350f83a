#pragma once

#include <functional>
#include <string_view>

namespace tern {

/// Where the library sends lines for a person (no newline at the end). The library itself never
/// prints: a program passes a sink, a test passes a recorder, and an empty sink drops the line.
using LogSink = std::function<void(std::string_view)>;

inline void log_line(const LogSink& sink, std::string_view line) {
  if (sink) sink(line);
}

}  // namespace tern
