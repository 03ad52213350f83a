#include "loop/boundary/conditions.h"

#include <fmt/core.h>
#include <sched.h>

#include <fstream>
#include <vector>

#include "tern/base/flags.h"

namespace tern::loop {
namespace {

/// As the kernel names it; empty where it does not.
std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != line.npos) return line.substr(colon + 2);
  }
  return "";
}

int processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  return CPU_COUNT(&allowed);
}

}  // namespace

std::string changes(const Conditions& before, const Conditions& now) {
  std::vector<std::string> found;
  if (before.budget != now.budget) {
    found.push_back(fmt::format("the budget changed ({}, before {})", now.budget,
                                before.budget.empty() ? "unknown" : before.budget));
  }
  if (before.data != now.data) found.push_back("the data or the full-precision model changed");
  if (before.tern != now.tern) found.push_back("Tern itself changed");
  if (before.machine != now.machine) {
    found.push_back(fmt::format("the machine is another one ({}, before {})", now.machine,
                                before.machine.empty() ? "unknown" : before.machine));
  }
  return listed(found);
}

std::string this_machine() {
  const std::string name = processor();
  const int count = processors();
  return fmt::format("{}{} processor{}", name.empty() ? "" : name + ", ", count,
                     count == 1 ? "" : "s");
}

}  // namespace tern::loop
