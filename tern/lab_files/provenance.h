#pragma once

#include <filesystem>

#include "tern/base/json.h"

namespace tern {

/// What a prepared file was made from, noted beside it as <file>.from.json so that the same work is
/// not done twice.
class Provenance {
 public:
  /// `inputs` holds everything that decides the file's contents.
  Provenance(std::filesystem::path file, Json inputs);

  /// True when the file is there, was made from the same inputs, and was not replaced since.
  bool up_to_date() const;
  /// Notes that the file as it is now was made from the inputs.
  void note() const;
  /// Removes the file and its note; false when there was no file.
  bool remove() const;

 private:
  Json state() const;

  std::filesystem::path file_;
  std::filesystem::path note_;
  Json inputs_;
};

/// Size and time of a file, which tell that it changed; null when there is no such file.
Json file_state(const std::filesystem::path& file);

}  // namespace tern
