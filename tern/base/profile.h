#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tern {

/// Seconds and calls of one kind of work.
struct ZoneTotal {
  double seconds = 0;
  int64_t calls = 0;
};

/// Turns the measuring of zones on or off for the process; off, a zone costs one test of a flag.
void set_profiling(bool on);
/// Totals by zone name since the last reset. A zone's time excludes the zones inside it.
std::map<std::string, ZoneTotal> profile_totals();
void reset_profile();

/// Attributes the time of its scope to `name` (a literal). Only the thread that trains opens zones.
class Zone {
 public:
  explicit Zone(const char* name);
  ~Zone();
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

 private:
  const char* name_ = nullptr;
  Zone* parent_ = nullptr;
  double start_ = 0;
  double inner_ = 0;
};

}  // namespace tern
