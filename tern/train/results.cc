#include "tern/train/results.h"

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace {

constexpr std::string_view kHeader =
    "step\tlambda\ttrain_loss\ttrain_ppl\teval_ppl\teval_bpb\tlr\ttime_s\tbest_ppl\tq_neg1\tq_"
    "zero\t"
    "q_pos1\texperiment\tcommit\n";
constexpr int kExperimentColumn = 12;

std::string field(std::string_view line, int column) {
  for (; column > 0; --column) {
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return "";
    line.remove_prefix(tab + 1);
  }
  return std::string(line.substr(0, line.find('\t')));
}

/// The file's text without the rows of `experiment` whose step lies beyond `last_step`.
std::string without_later_rows(const std::string& text, const std::string& experiment,
                               int64_t last_step) {
  std::string kept;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool ours = field(line, kExperimentColumn) == experiment;
    if (ours && std::atoll(field(line, 0).c_str()) > last_step) continue;
    kept += line + "\n";
  }
  return kept;
}

std::string formatted(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "";
}

}  // namespace

ResultsFile::ResultsFile(std::filesystem::path path, std::string experiment, std::string commit,
                         int64_t resumed_step)
    : path_(std::move(path)), experiment_(std::move(experiment)), commit_(std::move(commit)) {
  if (!std::filesystem::exists(path_)) {
    write_file_atomically(path_, kHeader);
    return;
  }
  const std::string text = read_file(path_);
  check(text.starts_with(kHeader), "{}: expected the columns of a results file; move it away",
        path_.string());
  const std::string kept = without_later_rows(text, experiment_, resumed_step);
  if (kept != text) write_file_atomically(path_, kept);
}

void ResultsFile::append(const ResultsRow& row) {
  const std::optional<double> train_ppl =
      row.train_loss ? std::optional(std::exp(*row.train_loss)) : std::nullopt;
  append_file(path_,
              fmt::format("{}\t{:.6g}\t{}\t{}\t{:.6g}\t{:.6g}\t{:.6g}\t{:.3f}\t{:.6g}\t{:.4f}\t"
                          "{:.4f}\t{:.4f}\t{}\t{}\n",
                          row.step, row.lambda, formatted(row.train_loss), formatted(train_ppl),
                          row.eval_ppl, row.eval_bpb, row.lr, row.time_s, row.best_ppl, row.q_neg1,
                          row.q_zero, row.q_pos1, experiment_, commit_));
}

}  // namespace tern
