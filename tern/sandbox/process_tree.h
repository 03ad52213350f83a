#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tern {

/// All that descends from a process, without itself, parents before their children. Orphans whom
/// nobody in the tree adopted are not found.
std::vector<pid_t> descendants_of(pid_t process);

/// Resident bytes of one process; 0 when it is gone.
int64_t resident_bytes(pid_t process);

/// Seconds of processor time that a process has used, and the children that it has waited for; 0
/// when it is gone.
double processor_seconds(pid_t process);

/// How many threads a process has, its first included; 0 when it is gone.
int64_t tasks_of(pid_t process);

/// The processes whose environment carries NAME=VALUE or NAME=VALUE/..., all others in their
/// sessions, and the descendants of both; never this process.
std::vector<pid_t> marked_processes(const std::string& name, const std::string& value);

}  // namespace tern
