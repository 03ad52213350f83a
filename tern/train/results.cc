#include "tern/train/results.h"

#include <fmt/core.h>

#include <cmath>

namespace tern {
namespace {

constexpr const char* kHeader =
    "step\tlambda\ttrain_loss\ttrain_ppl\teval_ppl\teval_bpb\tlr\ttime_s\tbest_ppl\tq_neg1\t"
    "q_zero\tq_pos1\texperiment\tcommit";
constexpr int kExperimentColumn = 12;

std::string formatted(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "";
}

}  // namespace

std::string_view results_header() { return kHeader; }

ResultsFile::ResultsFile(const std::filesystem::path& path, std::string experiment,
                         std::string commit, int64_t resumed_step)
    : table_(path, kHeader, resumed_step,
             [&](std::string_view row) {
               return RunTable::field(row, kExperimentColumn) == experiment;
             }),
      experiment_(std::move(experiment)),
      commit_(std::move(commit)) {}

void ResultsFile::append(const ResultsRow& row) {
  const std::optional<double> train_ppl =
      row.train_loss ? std::optional(std::exp(*row.train_loss)) : std::nullopt;
  const std::optional<double> best_ppl =
      row.best_ppl > 0 ? std::optional(row.best_ppl) : std::nullopt;
  table_.append(fmt::format("{}\t{:.6g}\t{}\t{}\t{:.6g}\t{:.6g}\t{:.6g}\t{:.3f}\t{}\t{:.4f}\t"
                            "{:.4f}\t{:.4f}\t{}\t{}\n",
                            row.step, row.lambda, formatted(row.train_loss), formatted(train_ppl),
                            row.eval_ppl, row.eval_bpb, row.lr, row.time_s, formatted(best_ppl),
                            row.q_neg1, row.q_zero, row.q_pos1, experiment_, commit_),
                /*sync=*/true);
}

}  // namespace tern
