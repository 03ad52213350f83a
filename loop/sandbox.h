#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tern {

/// What a program may touch. Everything that is not named is out of reach, and so is the network.
struct Sandbox {
  enum class Kind { kNone, kLandlock, kBubblewrap };

  Kind kind = Kind::kNone;
  std::vector<std::filesystem::path> read;   // files and folders with all below them
  std::vector<std::filesystem::path> write;  // folders with all below them, readable too
};

/// The strongest kind that works on this machine: Landlock with a filter of system calls, else
/// bubblewrap, else none. Tried once by running a program in it.
Sandbox::Kind available_sandbox();

/// "Landlock (ABI 7)", "bubblewrap", or "none".
std::string describe(Sandbox::Kind kind);

/// What any program needs for reading: the system's libraries, tools and devices.
std::vector<std::filesystem::path> system_folders();

}  // namespace tern
