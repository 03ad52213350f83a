#pragma once

#include <cstdint>
#include <string_view>

namespace tern {

/// Bytes that the machine (or this process's memory cgroup) can still give without swapping.
int64_t available_memory();

/// Throws before anything is allocated when `bytes` do not fit; `purpose` completes "... needs".
void require_memory(double bytes, std::string_view purpose);

/// Largest resident size of this process so far, in bytes.
int64_t peak_resident_memory();

}  // namespace tern
