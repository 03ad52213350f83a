#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tern/base/json.h"

namespace tern {

/// [research]: how `tern research` searches.
struct ResearchConfig {
  std::string proposer = "builtin";  // of proposers(), see `tern research --help`
  std::string policy = "confirm";    // of policies()
  int64_t seeds = 3;                 // runs of the baseline, which give sigma
  int64_t repeats = 3;               // pairs of runs on fresh seeds when a gain is in doubt
  int64_t recheck_every = 25;        // experiments between runs that look for drift; 0: never
  double prune = 0.3;  // nats of training loss behind the incumbent that end a run; 0: none
  double max_bits =
      3.0;  // stored bits per weight of the blocks' layers, on average, with all that is stored
  double processor_time = 1.5;  // the most that a run may use, in the incumbent's; 0: any
  double text_spread = 0.1;     // share by which an honest gain may differ on the confirm text
  double overhead_seconds = 0;  // beside training: start, evaluation, packing; 0: by the incumbent
};

/// [limits]: what a run of train.cpp may take. 0: what the machine has.
struct LimitsConfig {
  double memory_gb = 0;
  double disk_gb = 20;
  int64_t processes = 64;
};

/// [agent]: the command that proposes when research.proposer is "agent".
struct AgentConfig {
  std::string name = "claude";       // of a ready template in share/tern/lab/agents
  std::vector<std::string> command;  // or a command of one's own, which goes before `name`
  std::string model;
  double seconds = 1200;  // one call
};

/// [llm]: the endpoint that proposes when research.proposer is "llm", or mixes in.
struct LlmConfig {
  std::string api;  // "openai" or "anthropic"; empty: by the environment
  std::string model;
  std::string base_url;  // goes before the environment's
  double mix = 0;        // share of the builtin's proposals that the model makes instead
  int64_t max_tokens = 4096;
  double dollars_per_million_in = 0;
  double dollars_per_million_out = 0;
};

/// How long one run trains.
struct BudgetConfig {
  double seconds = 300;
  int64_t tokens = 0;           // train on so many, however long that takes; 0: the seconds decide
  int64_t evaluations = 20;     // that a run of `tern research` may ask for; 0: any number
  int64_t eval_tokens = 16384;  // that each of them may score; 0: all

  /// The recipe's flags that say so, whatever length it has of its own.
  std::vector<std::string> flags() const;
};

/// lab.toml. A source is a Hugging Face id or hf:// path, a URL, a local path, "-" for standard
/// input, or "demo" for what Tern brings itself.
struct LabConfig {
  std::string model;
  std::string train;
  int64_t train_tokens = 0;  // tokenise at most so many; 0: all
  bool stream = false;       // tokenise while training, not beforehand
  std::string eval;
  std::string confirm;
  std::string final_text;   // data.final: scored by `tern best --score` alone
  int64_t final_bytes = 0;  // take at most so many of it, up to the end of a line; 0: all
  int64_t window = 2048;    // tokens in one evaluation window, at most the model's context
  BudgetConfig budget;
  LimitsConfig limits;
  ResearchConfig research;
  AgentConfig agent;
  LlmConfig llm;

  /// Throws an Error that names the file and, for an unknown key, the nearest known one.
  static LabConfig from_json(const Json& toml, const std::string& source);
};

/// A lab: the folder of one search for a recipe (see docs/lab.md). Knows where things are.
class Lab {
 public:
  /// The lab in `start` or in a folder above it; throws when there is none.
  static Lab find(const std::filesystem::path& start);
  /// The same, but nothing when there is none.
  static std::optional<Lab> look_for(const std::filesystem::path& start);

  const std::filesystem::path& root() const { return root_; }
  const LabConfig& config() const { return config_; }

  std::filesystem::path recipe() const { return root_ / "train.cpp"; }
  std::filesystem::path results() const { return root_ / "results.tsv"; }
  std::filesystem::path data() const { return root_ / "data"; }
  std::filesystem::path train_tokens() const { return data() / "train.tokens"; }
  std::filesystem::path eval_set() const { return data() / "wikitext_eval.json"; }
  std::filesystem::path confirm_set() const { return root_ / ".tern" / "confirm.json"; }
  std::filesystem::path final_set() const { return root_ / ".tern" / "final.json"; }
  /// Folder of what `tern teacher` keeps of the full-precision model's predictions.
  std::filesystem::path teacher() const { return data() / "teacher"; }
  std::filesystem::path manifest() const { return data() / "manifest.json"; }
  std::filesystem::path experiments_table() const { return root_ / "experiments.tsv"; }
  std::filesystem::path ledger() const { return root_ / ".tern" / "ledger.jsonl"; }
  /// Folder of an experiment: its recipe, its program and a numbered folder for each run.
  std::filesystem::path experiment(int64_t number) const;
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
