#include "tern/lab_files/lab.h"

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
  static void assign(const Json& value, std::vector<std::string>& out) {
    out.clear();
    for (const Json& item : value.items()) out.push_back(item.as_string());
  }
  static void assign(const Json&, const Json*&) {}

  const Json* table_;
  std::string name_;
  const std::string& source_;
  std::vector<std::string> known_;
};

void check_one_of(const std::string& source, const char* key, const std::string& value,
                  const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  fail("{}: {} must be one of {}, found \"{}\"", source, key, listed(allowed), value);
}

ResearchConfig read_research(const Json* table, const std::string& source) {
  ResearchConfig c;
  TableReader reader(table, "research.", source);
  reader.key("proposer", c.proposer).key("policy", c.policy).key("seeds", c.seeds);
  reader.key("repeats", c.repeats).key("recheck_every", c.recheck_every).key("prune", c.prune);
  reader.key("max_bits", c.max_bits).key("processor_time", c.processor_time);
  reader.key("text_spread", c.text_spread);
  reader.key("overhead_seconds", c.overhead_seconds).refuse_others();
  check(c.seeds >= 1, "{}: research.seeds must be 1 or more (3 to know the noise), found {}",
        source, c.seeds);
  check(c.repeats >= 1, "{}: research.repeats must be 1 or more, found {}", source, c.repeats);
  check(c.recheck_every >= 0 && c.prune >= 0 && c.max_bits > 0 && c.processor_time >= 0 &&
            c.overhead_seconds >= 0,
        "{}: the numbers of [research] must not be negative", source);
  check(c.text_spread >= 0,
        "{}: research.text_spread is a share, such as 0.1, and not negative; found {}", source,
        c.text_spread);
  return c;
}

LimitsConfig read_limits(const Json* table, const std::string& source) {
  LimitsConfig c;
  TableReader reader(table, "limits.", source);
  reader.key("memory_gb", c.memory_gb).key("disk_gb", c.disk_gb).key("processes", c.processes);
  reader.refuse_others();
  check(c.memory_gb >= 0 && c.disk_gb >= 0 && c.processes >= 0,
        "{}: the numbers of [limits] must not be negative", source);
  return c;
}

AgentConfig read_agent(const Json* table, const std::string& source) {
  AgentConfig c;
  TableReader reader(table, "agent.", source);
  reader.key("name", c.name).key("command", c.command).key("model", c.model);
  reader.key("seconds", c.seconds).refuse_others();
  check(c.seconds > 0, "{}: agent.seconds must be above 0, found {}", source, c.seconds);
  return c;
}

LlmConfig read_llm(const Json* table, const std::string& source) {
  LlmConfig c;
  TableReader reader(table, "llm.", source);
  reader.key("api", c.api).key("model", c.model).key("base_url", c.base_url).key("mix", c.mix);
  reader.key("max_tokens", c.max_tokens);
  reader.key("dollars_per_million_in", c.dollars_per_million_in);
  reader.key("dollars_per_million_out", c.dollars_per_million_out).refuse_others();
  check_one_of(source, "llm.api", c.api, {"", "openai", "anthropic"});
  check(c.mix >= 0 && c.mix <= 1, "{}: llm.mix must be between 0 and 1, found {}", source, c.mix);
  check(c.max_tokens >= 1, "{}: llm.max_tokens must be 1 or more, found {}", source, c.max_tokens);
  return c;
}

BudgetConfig read_budget(const Json* table, const std::string& source) {
  BudgetConfig c;
  TableReader reader(table, "budget.", source);
  reader.key("seconds", c.seconds).key("tokens", c.tokens).key("evaluations", c.evaluations);
  reader.key("eval_tokens", c.eval_tokens).refuse_others();
  check(c.seconds > 0, "{}: budget.seconds must be above 0, found {}", source, c.seconds);
  for (const auto& [name, value] :
       {std::pair("tokens", c.tokens), std::pair("evaluations", c.evaluations),
        std::pair("eval_tokens", c.eval_tokens)}) {
    check(value >= 0, "{}: budget.{} must not be negative, found {}", source, name, value);
  }
  return c;
}

/// A folder's whole name, without a slash or a dot at the end: "/labs/./" is "/labs".
fs::path tidy(const fs::path& folder) {
  return (fs::absolute(folder) / "").lexically_normal().parent_path();
}

}  // namespace

std::vector<std::string> BudgetConfig::flags() const {
  return {"--steps",       "0",
          "--tokens",      fmt::format("{}", tokens),
          "--time-budget", fmt::format("{}", seconds)};
}

LabConfig LabConfig::from_json(const Json& toml, const std::string& source) {
  LabConfig config;
  int64_t version = kLabVersion;
  std::string preset;  // for people: where the lab came from
  const Json* table = nullptr;
  TableReader top(&toml, "", source);
  top.key("version", version).key("preset", preset);
  for (const char* name : {"model", "data", "budget", "limits", "research", "agent", "llm"}) {
    top.key(name, table);
  }
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
  data.key("final", config.final_text).key("final_bytes", config.final_bytes);
  data.key("window", config.window).refuse_others();
  config.budget = read_budget(toml.find("budget"), source);
  config.limits = read_limits(toml.find("limits"), source);
  config.research = read_research(toml.find("research"), source);
  config.agent = read_agent(toml.find("agent"), source);
  config.llm = read_llm(toml.find("llm"), source);

  check(config.window >= 2, "{}: data.window must be 2 tokens or more, found {}", source,
        config.window);
  check(config.final_bytes >= 0, "{}: data.final_bytes must not be negative, found {}", source,
        config.final_bytes);
  check(config.train_tokens >= 0, "{}: data.train_tokens must not be negative, found {}", source,
        config.train_tokens);
  return config;
}

Lab Lab::find(const fs::path& start) {
  std::optional<Lab> lab = look_for(start);
  check(lab.has_value(),
        "no lab.toml in {} or above it; go to a lab's folder, or make one with `tern new DIR`",
        tidy(start).string());
  return *std::move(lab);
}

std::optional<Lab> Lab::look_for(const fs::path& start) {
  Lab lab;
  lab.root_ = tidy(start);
  while (!fs::exists(lab.root_ / "lab.toml")) {
    if (!lab.root_.has_relative_path()) return std::nullopt;
    lab.root_ = lab.root_.parent_path();
  }
  const fs::path file = lab.root_ / "lab.toml";
  lab.config_ = LabConfig::from_json(read_toml(file), file.string());
  return lab;
}

fs::path Lab::experiment(int64_t number) const {
  return root_ / ".tern" / "experiments" / fmt::format("{:04}", number);
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
