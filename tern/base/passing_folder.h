#pragma once

#include <filesystem>
#include <utility>

#include "tern/base/remove_tree.h"

namespace tern {

/// A folder of this path that is not there yet, and is removed with its files at the end of its
/// life, unless it was moved elsewhere before. What an earlier process left there goes first.
class PassingFolder {
 public:
  explicit PassingFolder(std::filesystem::path path) : path_(std::move(path)) {
    remove_tree(path_);
  }
  ~PassingFolder() { remove_tree(path_); }
  PassingFolder(const PassingFolder&) = delete;
  PassingFolder& operator=(const PassingFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tern
