#include "tern/base/memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <string>

#include "tern/base/error.h"

namespace tern {
namespace {

/// The whole number in a one-line file of the kernel, or `fallback` ("max", no such file).
int64_t number_in(const char* path, int64_t fallback) {
  std::ifstream file(path);
  int64_t value = 0;
  return file >> value ? value : fallback;
}

int64_t machine_available() {
  std::ifstream file("/proc/meminfo");
  for (std::string key; file >> key;) {
    int64_t kilobytes = 0;
    if (key == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
  }
  return std::numeric_limits<int64_t>::max();
}

}  // namespace

int64_t available_memory() {
  constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();
  const int64_t limit = number_in("/sys/fs/cgroup/memory.max", kUnlimited);
  const int64_t used = number_in("/sys/fs/cgroup/memory.current", 0);
  const int64_t cgroup = limit == kUnlimited ? kUnlimited : std::max<int64_t>(limit - used, 0);
  return std::min(machine_available(), cgroup);
}

void require_memory(double bytes, std::string_view purpose) {
  const double available = static_cast<double>(available_memory());
  check(bytes <= available,
        "{} needs about {} of memory and {} are free; use a smaller batch or model, or a machine "
        "with more memory",
        purpose, size_text(bytes), size_text(available));
}

std::string size_text(double bytes) {
  constexpr double kMegabyte = 1e6, kGigabyte = 1e9;
  if (bytes < 10 * kMegabyte) return fmt::format("{:.1f} MB", bytes / kMegabyte);
  return bytes < kGigabyte ? fmt::format("{:.0f} MB", bytes / kMegabyte)
                           : fmt::format("{:.1f} GB", bytes / kGigabyte);
}

int64_t peak_resident_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace tern
