#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tern/base/json.h"

namespace tern {

/// lab.toml. A source is a Hugging Face id or hf:// path, a URL, a local path, "-" for standard
/// input, or "demo" for what Tern brings itself.
struct LabConfig {
  std::string preset;
  std::string model;
  std::string train;
  int64_t train_tokens = 0;  // tokenise at most so many; 0: all
  bool stream = false;       // tokenise while training, not beforehand
  std::string eval;
  std::string confirm;
  int64_t window = 2048;  // tokens in one evaluation window, at most the model's context
  double budget_seconds = 300;

  /// Throws an Error that names the file and, for an unknown key, the nearest known one.
  static LabConfig from_json(const Json& toml, const std::string& source);
};

/// A lab: the folder of one search for a recipe (see docs/lab.md). Knows where things are.
class Lab {
 public:
  /// The lab in `start` or in a folder above it; throws when there is none.
  static Lab find(const std::filesystem::path& start);

  const std::filesystem::path& root() const { return root_; }
  const LabConfig& config() const { return config_; }

  std::filesystem::path recipe() const { return root_ / "train.cpp"; }
  std::filesystem::path results() const { return root_ / "results.tsv"; }
  std::filesystem::path data() const { return root_ / "data"; }
  std::filesystem::path train_tokens() const { return data() / "train.tokens"; }
  std::filesystem::path eval_set() const { return data() / "wikitext_eval.json"; }
  std::filesystem::path confirm_set() const { return root_ / ".tern" / "confirm.json"; }
  std::filesystem::path manifest() const { return data() / "manifest.json"; }
  std::filesystem::path runs() const { return root_ / ".tern" / "runs"; }
  std::filesystem::path cache() const { return root_ / ".tern" / "cache"; }

 private:
  std::filesystem::path root_;
  LabConfig config_;
};

/// data/manifest.json: what `tern prepare` made and from what.
struct LabManifest {
  std::filesystem::path model;  // folder of the full-precision model
  std::string train_source;     // of a streamed lab, opened again by every run
  std::string tokenizer_sha256;

  /// Throws an Error that says to run `tern prepare` when the lab has none.
  static LabManifest read(const Lab& lab);
  void write(const Lab& lab) const;
};

}  // namespace tern
