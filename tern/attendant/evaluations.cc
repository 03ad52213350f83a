#include "tern/attendant/evaluations.h"

#include <fmt/core.h>

#include <algorithm>

#include "tern/base/error.h"

namespace tern {
namespace {

// A field of the summary as a line shows it; empty for what is for programs alone.
template <class T>
std::string shown(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "";
}
std::string shown(const std::optional<double>& value) {
  return value ? fmt::format("{:.7g}", *value) : "";
}
std::string shown(const std::optional<EvalAnswer>&) { return ""; }
std::string shown(int64_t) { return ""; }

}  // namespace

Evaluations::Evaluations(const AttendantOptions& options, int64_t resumed_step)
    : options_(options) {
  if (options.results_file.empty()) return;
  keep([&] {
    file_ = std::make_unique<ResultsFile>(options.results_file, options.experiment, options.commit,
                                          resumed_step);
    best_ppl_ = file_->best_ppl();
  });
}

/// The rows are for people: a run does not end because they cannot be written.
void Evaluations::keep(const std::function<void()>& write) try { write(); } catch (const Error& e) {
  file_.reset();
  fmt::print(options_.warn, "tern: the run goes on without rows in its table: {}\n", e.what());
}

void Evaluations::add(const EvaluateRequest& request, const Score& score) {
  if (request.lambda == 1) best_ppl_ = std::min(best_ppl_.value_or(score.ppl), score.ppl);
  last_ = {.step = request.step,
           .lambda = request.lambda,
           .train_loss = request.train_loss,
           .eval_ppl = score.ppl,
           .eval_bpb = score.bpb,
           .lr = request.lr,
           .time_s = request.seconds,
           .best_ppl = best_ppl_,
           .q_neg1 = request.q_neg1,
           .q_zero = request.q_zero,
           .q_pos1 = request.q_pos1,
           .eval_tokens = score.tokens};
  fmt::print(options_.out,
             "step {} lambda={:.3f} loss={:.4f} eval_ppl={:.4f} eval_bpb={:.4f} lr={:.3g} "
             "quant=[-1:{:.3f} 0:{:.3f} +1:{:.3f}]\n",
             last_->step, last_->lambda, last_->train_loss.value_or(0), last_->eval_ppl,
             last_->eval_bpb, last_->lr, last_->q_neg1.value, last_->q_zero.value,
             last_->q_pos1.value);
  std::fflush(options_.out);
  if (file_) keep([&] { file_->append(*last_); });
}

RunSummary Evaluations::print_end(RunSummary summary) const {
  summary.score.reset();  // of record, which is made later
  if (last_) summary.eval_ppl = last_->eval_ppl, summary.eval_bpb = last_->eval_bpb;
  summary.best_ppl = best_ppl_;
  fmt::print(options_.out, "---\n");
  summary.fields([&](std::string_view name, const auto& value) {
    if (const std::string text = shown(value); !text.empty()) {
      fmt::print(options_.out, "{}: {}\n", name, text);
    }
  });
  std::fflush(options_.out);
  return summary;
}

}  // namespace tern
