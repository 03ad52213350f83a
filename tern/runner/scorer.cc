#include "tern/runner/scorer.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/json.h"
#include "tern/base/process.h"
#include "tern/base/sha256.h"
#include "tern/runner/killed.h"
#include "tern/runner/model_paths.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr double kSlowestEvaluation = 3600;  // seconds; a 1B model on WikiText-2 takes minutes
constexpr int64_t kMoreTasks = 64;           // than a thread on each processor

/// Why a model's answer is no score of record; empty when it is one.
std::string refuse_answer(const EvalAnswer& answer, double max_bits) {
  if (!answer.ternary()) return "the saved model is not ternary, so it has no score";
  if (max_bits > 0 && !(answer.bits_per_weight <= max_bits)) {
    return fmt::format(
        "the layers of its blocks take {:.2f} bits per weight, scales and dense blocks included; "
        "lab.toml's research.max_bits allows {}",
        answer.bits_per_weight, max_bits);
  }
  if (!std::isfinite(answer.eval_ppl) || answer.eval_ppl <= 1) {
    return "the perplexity of the saved model is not a number above 1";
  }
  return "";
}

}  // namespace

std::string refuse_model_folder(const fs::path& model) {
  struct stat info {};
  if (::lstat(model.c_str(), &info) != 0) return "the run left no model";
  if (!S_ISDIR(info.st_mode)) return "the model that the run left is no folder";
  std::error_code unreadable;
  const fs::directory_iterator entries(model, unreadable);
  if (unreadable) return "the folder of the model that the run left cannot be read";
  for (const fs::directory_entry& entry : entries) {
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

ScoreOfRecord Scorer::score(const fs::path& model, const fs::path& tokens, const fs::path& log,
                            const Watch& watch) const {
  if (std::string refusal = refuse_model_folder(model); !refusal.empty()) return {{}, refusal};
  ScoreOfRecord score = answer_to(model, tokens, log, watch);
  if (score.answer) score.refusal = refuse_answer(*score.answer, options_.max_bits);
  if (!score.refusal.empty()) score.answer.reset();
  return score;
}

ScoreOfRecord Scorer::reference(const fs::path& tokens, const fs::path& log,
                                const Watch& watch) const {
  return answer_to(options_.base, tokens, log, watch);
}

ScoreOfRecord Scorer::answer_to(const fs::path& model, const fs::path& tokens, const fs::path& log,
                                const Watch& watch) const {
  if (options_.cache.empty()) return ask(model, tokens, log, watch);
  const fs::path kept = kept_score(model, tokens);
  if (fs::exists(kept)) return {EvalAnswer::parse(read_file(kept)), ""};
  const ScoreOfRecord score = ask(model, tokens, log, watch);
  if (score.answer) {
    fs::create_directories(options_.cache);
    write_file_atomically(kept, score.answer->to_text());
  }
  return score;
}

fs::path Scorer::kept_score(const fs::path& model, const fs::path& tokens) const {
  std::vector<fs::path> files = {tokens, options_.evaluator};
  for (const fs::directory_entry& file : fs::directory_iterator(model)) {
    if (file.path().extension() == ".safetensors") files.push_back(file.path());
  }
  std::sort(files.begin() + 2, files.end());
  // What the model has to be like.
  for (const fs::path& folder : {model, options_.base}) {
    for (const char* name : {"config.json", "tokenizer.json"}) {
      if (fs::exists(folder / name)) files.push_back(folder / name);
    }
  }
  std::string all = std::to_string(options_.max_tokens);
  for (const fs::path& file : files) all += " " + sha256_of_file(file);
  return options_.cache / ("score-" + sha256_of(all).substr(0, 16) + ".json");
}

ScoreOfRecord Scorer::ask(const fs::path& model, const fs::path& tokens, const fs::path& log,
                          const Watch& watch) const {
  const fs::path& evaluator = options_.evaluator;
  Job job;
  job.command = {evaluator.string(), "eval",          model.string(), "--json",
                 "--eval",           tokens.string(), "--like",       options_.base.string()};
  if (options_.max_tokens > 0) {
    job.command.insert(job.command.end(), {"--max-tokens", std::to_string(options_.max_tokens)});
  }
  job.folder = "/";
  job.log = log;
  job.environment = {
      {"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {kJobMark, fs::absolute(log).string()}};
  job.limits = {.seconds = kSlowestEvaluation, .tasks = tasks_for_threads(kMoreTasks)};
  job.sandbox = {.kind = options_.sandbox, .read = system_folders(), .write = {}};
  std::vector<fs::path>& read = job.sandbox.read;
  read.insert(read.end(), {evaluator, model, tokens});
  const std::vector<fs::path> base = model_paths(options_.base);
  read.insert(read.end(), base.begin(), base.end());
  job.watch = watch;
  const JobResult result = supervise_unkilled(job);
  const std::string output = read_file(log);
  if (!result.stopped.empty()) return {{}, result.stopped};
  if (!result.limit.empty()) return {{}, "scoring: " + result.limit, /*timed_out=*/true};
  if (result.exit_code != 0) return {{}, "the model cannot be scored: " + last_line(output)};
  try {
    return {EvalAnswer::parse(output), ""};
  } catch (const Error& e) {
    return {{}, fmt::format("the answer of `tern eval` is none: {}", e.what())};
  }
}

}  // namespace tern
