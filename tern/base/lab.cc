#include "tern/base/lab.h"

#include <algorithm>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/base/toml.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kLabVersion = 1;

/// Reads the keys of one table into variables and refuses any other key.
class TableReader {
 public:
  TableReader(const Json* table, std::string name, const std::string& source)
      : table_(table), name_(std::move(name)), source_(source) {
    check(table == nullptr || table->is_object(), "{}: {} must be a table", source, name_);
  }

  template <class T>
  TableReader& key(const char* key, T& variable) {
    known_.push_back(key);
    const Json* value = table_ == nullptr ? nullptr : table_->find(key);
    if (value == nullptr) return *this;
    try {
      assign(*value, variable);
    } catch (const Error& e) {
      fail("{}: {}{}: {}", source_, name_, key, e.what());
    }
    return *this;
  }

  void refuse_others() const {
    if (table_ == nullptr) return;
    for (const auto& [key, value] : table_->members()) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      const std::string near = nearest(key, known_);
      fail("{}: unknown key {}{}{}", source_, name_, key,
           near.empty() ? "" : "; did you mean " + near + "?");
    }
  }

 private:
  static void assign(const Json& value, std::string& out) { out = value.as_string(); }
  static void assign(const Json& value, int64_t& out) { out = value.as_int(); }
  static void assign(const Json& value, double& out) { out = value.as_double(); }
  static void assign(const Json& value, bool& out) { out = value.as_bool(); }
  static void assign(const Json&, const Json*&) {}

  const Json* table_;
  std::string name_;
  const std::string& source_;
  std::vector<std::string> known_;
};

}  // namespace

LabConfig LabConfig::from_json(const Json& toml, const std::string& source) {
  LabConfig config;
  int64_t version = kLabVersion;
  const Json* table = nullptr;
  TableReader top(&toml, "", source);
  top.key("version", version).key("preset", config.preset);
  top.key("model", table).key("data", table).key("budget", table);
  check(version <= kLabVersion,
        "{}: this lab was made by a newer Tern (version {}, this program knows {}); update Tern",
        source, version, kLabVersion);
  check(version >= 1, "{}: version must be {}, found {}", source, kLabVersion, version);
  top.refuse_others();

  TableReader model(toml.find("model"), "model.", source);
  model.key("source", config.model).refuse_others();
  TableReader data(toml.find("data"), "data.", source);
  data.key("train", config.train).key("train_tokens", config.train_tokens);
  data.key("stream", config.stream).key("eval", config.eval).key("confirm", config.confirm);
  data.key("window", config.window).refuse_others();
  TableReader budget(toml.find("budget"), "budget.", source);
  budget.key("seconds", config.budget_seconds).refuse_others();

  check(config.window >= 2, "{}: data.window must be 2 tokens or more, found {}", source,
        config.window);
  check(config.train_tokens >= 0, "{}: data.train_tokens must not be negative, found {}", source,
        config.train_tokens);
  check(config.budget_seconds > 0, "{}: budget.seconds must be above 0, found {}", source,
        config.budget_seconds);
  return config;
}

Lab Lab::find(const fs::path& start) {
  Lab lab;
  for (fs::path folder = fs::absolute(start).lexically_normal();; folder = folder.parent_path()) {
    if (fs::exists(folder / "lab.toml")) {
      lab.root_ = folder;
      break;
    }
    check(folder.has_relative_path(),
          "no lab.toml in {} or above it; go to a lab's folder, or make one with `tern new DIR`",
          fs::absolute(start).lexically_normal().string());
  }
  const fs::path file = lab.root_ / "lab.toml";
  lab.config_ = LabConfig::from_json(read_toml(file), file.string());
  return lab;
}

LabManifest LabManifest::read(const Lab& lab) {
  check(fs::exists(lab.manifest()), "{} is not there; run `tern prepare` in the lab first",
        lab.manifest().string());
  const Json json = Json::read(lab.manifest());
  LabManifest manifest;
  try {
    manifest.model = json.at("model").as_string();
    manifest.train_source = json.get("train_source", "");
    manifest.tokenizer_sha256 = json.at("tokenizer_sha256").as_string();
  } catch (const Error& e) {
    fail("{}: {}; run `tern prepare` again", lab.manifest().string(), e.what());
  }
  return manifest;
}

void LabManifest::write(const Lab& lab) const {
  Json json = Json::object();
  json.set("model", model.string());
  json.set("train_source", train_source);
  json.set("tokenizer_sha256", tokenizer_sha256);
  write_file_atomically(lab.manifest(), json.dump_pretty() + "\n");
}

}  // namespace tern
