#pragma once

#include <filesystem>
#include <vector>

namespace tern {

/// The version of Landlock that this kernel speaks; 0 when it has none or has it switched off.
int landlock_abi();

/// From this version on a program can signal only the processes of its own sandbox.
inline constexpr int kLandlockScopesSignals = 6;

/// A ruleset (its file descriptor, which the caller closes) that allows reading and running
/// what is at or below `read`, everything at or below `write`, and nothing else: no other file, no
/// TCP, no signal or abstract socket beyond the sandbox, as far as this kernel knows these rights.
/// A device that is named itself may be written too. Throws when a path cannot be opened.
int make_landlock_ruleset(const std::vector<std::filesystem::path>& read,
                          const std::vector<std::filesystem::path>& write);

/// Opens one more path, such as a mount that the child made. Makes only system calls. False, with
/// errno set, when that fails.
bool open_in_landlock(int ruleset, const char* path, bool write) noexcept;

/// Confines the calling process and all it starts, for good. Makes only system calls. False, with
/// errno set, when the kernel refuses.
bool enter_landlock(int ruleset) noexcept;

}  // namespace tern
