#include "report/train_runs.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tern/contract/json_form.h"
#include "tern/runner/run_folder.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostRuns = 100;

/// The numbers of the runs, which are the names of their folders, the newest first.
std::vector<std::string> numbers_of(const fs::path& runs) {
  std::vector<std::string> numbers;
  if (!fs::is_directory(runs)) return numbers;
  for (const fs::directory_entry& entry : fs::directory_iterator(runs)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos) numbers.push_back(name);
  }
  std::ranges::sort(numbers, std::greater{});
  if (numbers.size() > kMostRuns) numbers.resize(kMostRuns);
  return numbers;
}

Json run_of(const fs::path& folder) {
  const RunSummary summary = read_run_summary(folder);
  const std::optional<EvalAnswer>& score = summary.score;
  return Json::Object{{"number", folder.filename().string()},
                      {"steps", json_of(summary.steps)},
                      {"tokens", json_of(summary.tokens)},
                      {"training_s", json_of(summary.training_seconds)},
                      {"tokens_per_s", json_of(summary.tokens_per_s)},
                      {"train_loss", json_of(summary.train_loss)},
                      {"eval_ppl", json_of(summary.eval_ppl)},
                      {"val_ppl", score ? json_of(score->eval_ppl) : Json()},
                      {"val_bpb", score ? json_of(score->eval_bpb) : Json()}};
}

}  // namespace

Json train_runs(const Lab& lab) {
  Json runs = Json::array();
  for (const std::string& number : numbers_of(lab.runs())) {
    runs.push_back(run_of(lab.runs() / number));
  }
  return runs;
}

}  // namespace tern
