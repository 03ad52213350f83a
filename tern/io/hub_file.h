#pragma once

#include <string>
#include <string_view>

namespace tern {

/// A file on a model hub of Hugging Face's kind, or a whole repository where `path` is empty.
struct HubFile {
  std::string repo;  ///< "org/name"
  bool dataset = false;
  std::string path = {};
  std::string revision = "main";  ///< a branch, a tag or a commit

  /// "tokenizer.json of org/name at main", for errors and progress.
  std::string describe() const;
};

/// Reads `hf://[datasets/]org/name[@revision][/path]`, the form that the hub's own tools use, or
/// just `org/name[@revision]` for a model. Throws on anything else, also on a path with "..".
HubFile parse_hub_spec(std::string_view spec);

/// Throws unless this names one file, and repository, revision and path are plain relative names,
/// safe to put into a URL and into a path on disk.
void check_hub_file(const HubFile& file);

}  // namespace tern
