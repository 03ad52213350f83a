#include "tern/recipe/toolchain.h"

#include <algorithm>

#include "tern/base/json.h"
#include "tern/base/sha256.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// The words of a JSON array, with "{home}" replaced by Tern's folder.
std::vector<std::string> words(const Json& array, const fs::path& home) {
  std::vector<std::string> out;
  for (const Json& item : array.items()) {
    std::string word = item.as_string();
    if (word.empty()) continue;
    const size_t at = word.find("{home}");
    if (at != std::string::npos) word.replace(at, 6, home.string());
    out.push_back(std::move(word));
  }
  return out;
}

}  // namespace

Toolchain Toolchain::read(const fs::path& home) {
  const Json json = Json::read(home / "share" / "tern" / "toolchain.json");
  Toolchain toolchain;
  toolchain.headers_ = home / "include" / "tern";
  toolchain.compile_ = words(json.at("compile"), home);
  toolchain.link_ = words(json.at("link"), home);
  for (const std::string& word : toolchain.link_) {
    if (word.ends_with(".a")) toolchain.archives_.push_back(word);
  }
  return toolchain;
}

std::vector<std::string> Toolchain::command(const fs::path& source, const fs::path& program) const {
  std::vector<std::string> command = compile_;
  command.insert(command.end(), {source.string(), "-o", program.string()});
  command.insert(command.end(), link_.begin(), link_.end());
  return command;
}

std::vector<fs::path> Toolchain::inputs() const {
  std::vector<fs::path> inputs = archives_;
  inputs.push_back(headers_);
  return inputs;
}

std::string Toolchain::fingerprint() const {
  Sha256 hash;
  for (const auto* list : {&compile_, &link_}) {
    for (const std::string& word : *list) hash.update(word.c_str(), word.size() + 1);
  }
  const auto add_time = [&](const fs::path& file) {
    const auto time = fs::last_write_time(file).time_since_epoch().count();
    hash.update(&time, sizeof time);
  };
  for (const fs::path& archive : archives_) add_time(archive);
  std::vector<fs::path> headers;
  for (const auto& entry : fs::recursive_directory_iterator(headers_)) {
    if (entry.path().extension() == ".h") headers.push_back(entry.path());
  }
  std::sort(headers.begin(), headers.end());
  for (const fs::path& header : headers) add_time(header);
  return hash.hex_digest();
}

}  // namespace tern
