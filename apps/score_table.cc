#include "apps/score_table.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/sha256.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

std::string score_key(const fs::path& eval_set, const fs::path& model,
                      const std::vector<std::string>& flags) {
  std::string all = sha256_of_file(eval_set);
  std::vector<fs::path> files;
  for (const fs::directory_entry& file : fs::directory_iterator(model)) {
    const std::string name = file.path().filename().string();
    if (name.ends_with(".safetensors") || name == "config.json") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) all += sha256_of_file(file);
  for (const std::string& flag : flags) all += " " + flag;
  return sha256_of(all);
}

std::string number(const Json& score, const char* key, int digits) {
  const Json* value = score.find(key);
  return value == nullptr || value->is_null() ? "-"
                                              : fmt::format("{:.{}f}", value->as_double(), digits);
}

}  // namespace

Json score_of_record(const Lab& lab, const fs::path& model, const fs::path& eval_set,
                     const std::vector<std::string>& flags) {
  const fs::path kept =
      lab.cache() / ("score-" + score_key(eval_set, model, flags).substr(0, 16) + ".json");
  if (fs::exists(kept)) return Json::read(kept);
  std::vector<std::string> command = {fs::read_symlink("/proc/self/exe").string(),
                                      "eval",
                                      model.string(),
                                      "--json",
                                      "--eval",
                                      eval_set.string()};
  command.insert(command.end(), flags.begin(), flags.end());
  const CapturedRun run = capture_process(command, true);
  check(run.exit_code == 0, "{} could not be scored", model.string());
  const Json score = Json::parse(run.output, "tern eval");
  fs::create_directories(lab.cache());
  write_file_atomically(kept, score.dump_pretty() + "\n");
  return score;
}

std::string score_table(const std::vector<ScoredModel>& models) {
  const double reference = models.front().score.at("eval_ppl").as_double();
  std::string out =
      fmt::format("{:<28} {:>12} {:>9} {:>9} {:>12} {:>9}  {}\n", "model", "perplexity", "ratio",
                  "bits/byte", "bits/weight", "tokens/s", "codes -1 / 0 / +1");
  for (const auto& [label, score] : models) {
    const double ppl = score.at("eval_ppl").as_double();
    const Json* zero = score.find("q_zero");
    const bool ternary = zero != nullptr && !zero->is_null();
    const std::string codes =
        ternary ? fmt::format("{} / {} / {}", number(score, "q_neg1", 3),
                              number(score, "q_zero", 3), number(score, "q_pos1", 3))
                : "-";
    out +=
        fmt::format("{:<28} {:>12.4f} {:>9.3f} {:>9} {:>12} {:>9}  {}\n", label, ppl,
                    ppl / reference, number(score, "eval_bpb", 4),
                    number(score, "bits_per_weight", 2), number(score, "tokens_per_s", 0), codes);
  }
  return out;
}

}  // namespace tern
