#pragma once

#include <cstdlib>
#include <filesystem>

namespace tern {

/// For tests: the folder of real models and texts, which may not be there. The user's environment
/// variable TERN_SHARED_DATA names it, else it is ../shared/data beside the sources.
inline std::filesystem::path shared_data() {
  const char* named = std::getenv("TERN_SHARED_DATA");
  return named != nullptr ? named : TERN_SOURCE_DIR "/../shared/data";
}

}  // namespace tern
