#include "loop/bench/scorer.h"

#include <sys/stat.h>

#include <cmath>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/sandbox/supervise.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr double kSlowestEvaluation = 3600;  // seconds; a 1B model on WikiText-2 takes minutes
constexpr const char* kArchitecture[] = {
    "hidden_size",         "intermediate_size",       "num_hidden_layers", "num_attention_heads",
    "num_key_value_heads", "max_position_embeddings", "vocab_size",        "tie_word_embeddings"};

/// The JSON object in an output that may hold other lines as well.
Json object_in(const std::string& output) {
  const size_t begin = output.find('{'), end = output.rfind('}');
  check(begin != output.npos && end != output.npos && begin < end, "`tern eval` printed no JSON");
  return Json::parse(std::string_view(output).substr(begin, end + 1 - begin), "tern eval");
}

ScoreOfRecord judge_reference(const Json& json, double) {
  return {json.at("eval_ppl").as_double(), json.at("eval_bpb").as_double(), ""};
}

ScoreOfRecord judge_ternary(const Json& json, double max_bits) {
  if (json.get("kind", "") != "ternary") {
    return {{}, {}, "the saved model is not ternary, so it has no score"};
  }
  const double bits = json.at("bits_per_weight").as_double();
  if (!(bits <= max_bits)) {
    return {{},
            {},
            fmt::format("the layers of its blocks take {:.2f} bits per weight, scales and dense "
                        "blocks included; lab.toml's research.max_bits allows {}",
                        bits, max_bits)};
  }
  const double ppl = json.at("eval_ppl").as_double();
  if (!std::isfinite(ppl) || ppl <= 1) {
    return {{}, {}, "the perplexity of the saved model is not a number above 1"};
  }
  return {ppl, json.at("eval_bpb").as_double(), ""};
}

}  // namespace

std::string refuse_model_folder(const fs::path& model) {
  struct stat info {};
  if (::lstat(model.c_str(), &info) != 0) return "the run left no model";
  if (!S_ISDIR(info.st_mode)) return "the model that the run left is no folder";
  for (const fs::directory_entry& entry : fs::directory_iterator(model)) {
    if (::lstat(entry.path().c_str(), &info) != 0) continue;
    if (!S_ISREG(info.st_mode) || info.st_nlink != 1) {
      return fmt::format(
          "{} in the model's folder is a link or no plain file, so nothing of it is "
          "scored",
          entry.path().filename().string());
    }
  }
  return "";
}

std::string refuse_architecture(const fs::path& model, const fs::path& base) {
  const auto text = read_untrusted(model / "config.json", 1 << 20);
  if (!text) return "the model that the run left has no config.json";
  try {
    const Json mine = Json::parse(*text, "config.json"), theirs = Json::read(base / "config.json");
    for (const char* key : kArchitecture) {
      const Json *a = mine.find(key), *b = theirs.find(key);
      const std::string found = a == nullptr ? "nothing" : a->dump();
      if (b != nullptr && found != b->dump()) {
        return fmt::format(
            "the saved model has {} = {}, the lab's has {}; another architecture is "
            "another task",
            key, found, b->dump());
      }
    }
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

Scorer::Scorer(fs::path evaluator, fs::path base, double max_bits, Sandbox::Kind sandbox)
    : evaluator_(std::move(evaluator)),
      base_(std::move(base)),
      max_bits_(max_bits),
      sandbox_(sandbox) {}

ScoreOfRecord Scorer::score(const fs::path& model, const fs::path& tokens, const fs::path& log,
                            const std::function<std::string(double)>& watch) const {
  if (std::string refusal = refuse_model_folder(model); !refusal.empty()) return {{}, {}, refusal};
  if (std::string refusal = refuse_architecture(model, base_); !refusal.empty()) {
    return {{}, {}, refusal};
  }
  return evaluate(model, tokens, log, watch, judge_ternary);
}

ScoreOfRecord Scorer::reference(const fs::path& tokens, const fs::path& log,
                                const std::function<std::string(double)>& watch) const {
  return evaluate(base_, tokens, log, watch, judge_reference);
}

ScoreOfRecord Scorer::evaluate(const fs::path& model, const fs::path& tokens, const fs::path& log,
                               const std::function<std::string(double)>& watch,
                               ScoreOfRecord (*judge)(const Json&, double)) const {
  Job job;
  job.command = {evaluator_.string(), "eval", model.string(), "--json", "--eval", tokens.string()};
  job.folder = "/";
  job.log = log;
  job.environment = {{"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}};
  job.limits.seconds = kSlowestEvaluation;
  job.sandbox = {.kind = sandbox_, .read = system_folders(), .write = {}};
  job.sandbox.read.insert(job.sandbox.read.end(), {evaluator_, model, tokens});
  job.watch = watch;
  const JobResult result = supervise(job);
  const std::string output = read_file(log);
  if (!result.stopped.empty()) return {{}, {}, result.stopped};
  if (!result.limit.empty()) return {{}, {}, "scoring: " + result.limit};
  if (result.exit_code != 0) {
    return {{}, {}, "the saved model cannot be scored: " + last_line(output)};
  }
  try {
    return judge(object_in(output), max_bits_);
  } catch (const Error& e) {
    return {{}, {}, e.what()};
  }
}

}  // namespace tern
