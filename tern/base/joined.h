#pragma once

#include <string>
#include <vector>

namespace tern {

/// "a b c", as words stand in a command line.
inline std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

}  // namespace tern
