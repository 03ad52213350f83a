#include <fmt/core.h>

#include <fstream>
#include <sstream>

#include "loop/doctor/doctor.h"
#include "tern/base/memory.h"
#include "tern/sandbox/sandbox.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

using State = Finding::State;

constexpr double kGigabyte = 1e9;
constexpr double kScantMemory = 2 * kGigabyte;  // the demo trains within one
constexpr double kScantDisk = 5 * kGigabyte;    // a few hundred experiments of the demo
constexpr double kNoDisk = 0.2 * kGigabyte;

/// The kind of sandbox with all that holds of it, then each part that does not.
std::vector<Finding> look_at_sandbox() {
  const Sandbox::Kind kind = available_sandbox();
  if (kind == Sandbox::Kind::kNone) {
    return {{"sandbox", State::kNote,
             "none works here: train.cpp, which nobody has read, could reach whatever you can",
             "apt-get install bubblewrap, or a kernel with Landlock, or run Tern in a container"}};
  }
  std::vector<Finding> findings = {{"sandbox", State::kGood, "", ""}};
  for (const SandboxPart& part : sandbox_parts(kind)) {
    if (part.holds) {
      std::string& holds = findings.front().found;
      holds += (holds.empty() ? "" : ", ") + part.name;
    } else {
      findings.push_back({"sandbox", State::kNote,
                          fmt::format("no {}: {}", part.name, part.without),
                          "let users make user namespaces (sysctl user.max_user_namespaces, "
                          "kernel.apparmor_restrict_unprivileged_userns), and name no part in "
                          "TERN_SANDBOX"});
    }
  }
  return findings;
}

Finding look_at_memory() {
  const auto bytes = static_cast<double>(available_memory());
  const std::string found = size_text(bytes) + " available";
  if (bytes >= kScantMemory) return {"memory", State::kGood, found, ""};
  return {"memory", State::kNote, found, "end other programs, or use a small model"};
}

Finding look_at_disk(const fs::path& folder) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error) return {"disk", State::kNote, error.message(), "run tern doctor in a readable folder"};
  const auto bytes = static_cast<double>(space.available);
  const std::string found = fmt::format("{} free in {}", size_text(bytes), folder.string());
  if (bytes >= kScantDisk) return {"disk", State::kGood, found, ""};
  return {"disk", bytes < kNoDisk ? State::kMissing : State::kNote, found,
          "make room; each experiment keeps logs, and the best ones a model"};
}

/// The flags of the first processor in /proc/cpuinfo, between blanks.
std::string cpu_flags() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("flags")) return line.substr(line.find(':') + 1) + " ";
  }
  return " ";
}

Finding look_at_cpu() {
  const std::string flags = cpu_flags();
  std::string found;
  for (const char* flag : {"avx2", "avx512f", "avx512_bf16", "amx_bf16", "avx512_vnni"}) {
    if (flags.find(fmt::format(" {} ", flag)) != flags.npos) {
      found += (found.empty() ? "" : " ") + std::string(flag);
    }
  }
  if (found.find("bf16") != found.npos) return {"cpu", State::kGood, found, ""};
  return {"cpu", State::kNote,
          fmt::format("{}: no bf16, so training runs in float32 at about half the speed",
                      found.empty() ? "no AVX2" : found),
          "a newer CPU; nothing else is needed"};
}

}  // namespace

std::vector<Finding> look_at_machine(const fs::path& folder) {
  std::vector<Finding> findings = look_at_sandbox();
  findings.insert(findings.end(), {look_at_memory(), look_at_disk(folder), look_at_cpu()});
  return findings;
}

}  // namespace tern::loop
