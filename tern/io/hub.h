#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tern/base/byte_source.h"
#include "tern/http/http.h"
#include "tern/io/hub_cache.h"
#include "tern/io/hub_file.h"
#include "tern/io/hub_progress.h"

namespace tern {

struct HubOptions {
  std::string endpoint = "https://huggingface.co";
  std::filesystem::path cache;
  std::string token;     ///< empty: none
  bool offline = false;  ///< use the cache only
  HttpOptions http;      ///< timeouts and retries

  /// Reads what the official client reads: HF_ENDPOINT, HF_HOME (else XDG_CACHE_HOME/huggingface,
  /// else ~/.cache/huggingface), HF_HUB_CACHE, HF_TOKEN (else the file HF_HOME/token) and
  /// HF_HUB_OFFLINE.
  static HubOptions from_environment();
};

/// A client of the Hugging Face hub, or of a mirror with the same URLs, and of its cache on disk,
/// which it shares with the official client. Several processes may use one cache at once.
///
/// A file that is here is used without the network when its revision is a commit, when `offline`,
/// and when the hub cannot be reached; otherwise the hub is asked whether the branch has moved on.
/// All functions throw an Error that says what to do: no network, no access, no such file, a disk
/// that is full, contents that do not match their hash.
class Hub {
 public:
  explicit Hub(HubOptions options);
  static Hub from_environment() { return Hub(HubOptions::from_environment()); }

  /// Brings a file into the cache, resuming what was begun, and returns its path there. Its size
  /// and, for large files, its SHA-256 are those that the hub announced.
  std::filesystem::path download(const HubFile& file, const HubProgressSink& progress = {}) const;

  /// Brings a model into the cache, all of one commit: config.json, tokenizer.json, the safetensors
  /// (one file, or an index and its shards) and, where they exist, tokenizer_config.json and
  /// generation_config.json. Returns the folder that holds them.
  std::filesystem::path download_model(const HubFile& model,
                                       const HubProgressSink& progress = {}) const;

  /// Streams the text of a file without storing it, from the cache if it is there, and unpacks gzip
  /// on the way. A zip archive cannot be read from a stream: download() it.
  std::unique_ptr<ByteSource> open(const HubFile& file) const;

 private:
  struct Entry;
  std::optional<std::filesystem::path> download_if_present(const HubFile& file,
                                                           const HubProgressSink& progress) const;
  void download_blob(const HubFile& file, const Entry& entry, HubMeter& meter) const;
  HttpAnswer ask(const HubFile& file) const;
  std::optional<Entry> read_answer(const HubFile& file, const HttpAnswer& answer) const;
  HttpOptions http_options() const;
  std::string url(const HubFile& file) const;
  [[noreturn]] void fail_unreachable(const HubFile& file, const HttpAnswer& answer) const;
  [[noreturn]] void fail_refused(const HubFile& file, const HttpAnswer& answer) const;
  [[noreturn]] void fail_absent(const HubFile& file) const;

  HubOptions options_;
  HubCache cache_;
};

}  // namespace tern
