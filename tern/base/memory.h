#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tern {

/// Bytes that the machine (or this process's memory cgroup) can still give without swapping.
int64_t available_memory();

/// Throws before anything is allocated when `bytes` do not fit; `purpose` completes "... needs".
void require_memory(double bytes, std::string_view purpose);

/// "412 MB" or "15.8 GB", as people read a size.
std::string size_text(double bytes);

/// Largest resident size of this process so far, in bytes.
int64_t peak_resident_memory();

}  // namespace tern
