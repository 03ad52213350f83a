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

// Models and texts that the presets, the tests and the documentation name.
inline constexpr std::string_view kSmolLm135mSpec = "HuggingFaceTB/SmolLM-135M";
inline constexpr std::string_view kLlama32Spec = "meta-llama/Llama-3.2-1B";
/// Plain text, 2 GB; the stories are separated by a line "<|endoftext|>".
inline constexpr std::string_view kTinyStoriesSpec =
    "hf://datasets/roneneldan/TinyStories/TinyStoriesV2-GPT4-train.txt";
/// Holds wikitext-2-raw/wiki.{train,valid,test}.raw.
inline constexpr std::string_view kWikiText2ZipSpec =
    "hf://datasets/ggml-org/ci/wikitext-2-raw-v1.zip";

}  // namespace tern
