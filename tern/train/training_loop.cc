#include "tern/train/training_loop.h"

#include <algorithm>
#include <limits>

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/channel/requests.h"
#include "tern/contract/step_row.h"
#include "tern/model/packed_model.h"
#include "tern/train/checkpoint.h"
#include "tern/train/finite.h"
#include "tern/train/stop.h"

namespace tern {
namespace {

constexpr double kSmoothing = 0.9;  // of the loss that is shown
constexpr size_t kTimedSteps = 3;   // before the number of steps in a budget of seconds is judged

}  // namespace

TrainingLoop::TrainingLoop(Run& run, const RunPlan& plan, const Trained& trained)
    : run_(run), plan_(plan), trained_(trained), budget_(plan.budget()) {
  if (run.resuming()) load();
  first_step_ = now().step;
  first_seconds_ = budget_.seconds_spent();
  if (!run.resuming()) run.add_layers(0, trained.model);
}

bool TrainingLoop::next() {
  if (budget_.finished() || stop_requested()) {
    budget_.pause();
    return false;
  }
  if (!budget_.running()) budget_.resume();
  return true;
}

void TrainingLoop::done(const StepMade& step) {
  recent_loss_ =
      now().step == 0 ? step.loss : kSmoothing * recent_loss_ + (1 - kSmoothing) * step.loss;
  budget_.step_done();
  show(step);
  time_step();
  if (due(plan_.eval_every) && !budget_.finished()) evaluate(step.lambda, step.lr);
  if (!run_.saves() || !due(plan_.save_every)) return;
  budget_.pause();
  save();
  budget_.resume();
}

void TrainingLoop::show(const StepMade& step) {
  const Progress then = now();
  const double seconds = budget_.seconds_spent();
  run_.add_step({.step = then.step,
                 .tokens = trained_.batches.position * plan_.sequence_length,
                 .seconds = seconds,
                 .loss = step.loss,
                 .lr = step.lr,
                 .lambda = step.lambda});
  const auto tokens = static_cast<double>((then.step - first_step_) * plan_.tokens_per_step());
  run_.show_progress(then.step, then.fraction, tokens / (seconds - first_seconds_), recent_loss_,
                     budget_.seconds_left());
}

/// Where seconds end the run, judges after some steps how many there will be.
void TrainingLoop::time_step() {
  if (budget_.steps() > 0 || step_ends_.size() == kTimedSteps) return;
  step_ends_.push_back(budget_.seconds_spent());
  if (step_ends_.size() < kTimedSteps) return;
  // The first step makes buffers and products, and takes longer than those that follow.
  const double step = (step_ends_.back() - step_ends_.front()) / (kTimedSteps - 1);
  const auto left = static_cast<int64_t>((plan_.time_budget - step_ends_.back()) / step);
  for (const std::string& warning : require_lengths(run_.lengths(), now().step + left)) {
    run_.print("warning: " + warning);
  }
}

/// The clock stands still while the model is scored, and runs while it is handed over.
void TrainingLoop::evaluate(float lambda, float lr) {
  Llama& model = trained_.model;
  const WithAverage averaged(trained_.average);
  for (QuantizerState& block : trained_.quantization.blocks) block.nearest = true;
  const int64_t step = now().step;
  const auto [negative, zero, positive] = run_.add_layers(step, model).shares();
  const EvaluateAnswer answer =
      run_.evaluate(model, {.step = step,
                            .lambda = lambda,
                            .train_loss = step > 0 ? std::optional(recent_loss_) : std::nullopt,
                            .lr = lr,
                            .seconds = budget_.seconds_spent(),
                            .q_neg1 = negative,
                            .q_zero = zero,
                            .q_pos1 = positive,
                            .quantization = trained_.quantization.info.to_json(),
                            .max_tokens = plan_.eval_tokens,
                            .last = budget_.finished(),
                            .seed = static_cast<int64_t>(plan_.seed),
                            .T = plan_.sequence_length});
  budget_.stood_still(answer.seconds);
  if (!answer.finite) require_finite(std::numeric_limits<double>::quiet_NaN(), step, model);
}

int TrainingLoop::finish(float lambda, float lr) {
  if (!budget_.finished()) {
    save();
    run_.print(fmt::format("stopped after step {}; go on with: tern train --resume", now().step));
    return kStopped;
  }
  Llama& model = trained_.model;
  TernaryInfo& info = trained_.quantization.info;
  info.lambda = lambda;
  evaluate(lambda, lr);
  if (lambda < 1 && run_.saves()) save();  // not to be packed, but to be resumed
  const WithAverage averaged(trained_.average);
  save_packed(model, info, run_.model_folder());
  run_.add_tokenizer(run_.model_folder());
  run_.end({.train_loss = recent_loss_,
            .steps = now().step,
            .tokens = trained_.batches.position * plan_.sequence_length,
            .training_seconds = budget_.seconds_spent()});
  return kSuccess;
}

std::vector<Parameter> TrainingLoop::tensors() const {
  std::vector<Parameter> all = trained_.model.parameters().all();
  for (const auto& state : {trained_.optimizer.state(), trained_.average.state()}) {
    all.insert(all.end(), state.begin(), state.end());
  }
  return all;
}

void TrainingLoop::save() const {
  run_.save_checkpoint(tensors(), Json::Object{{"step", now().step},
                                               {"seconds", budget_.seconds_spent()},
                                               {"position", trained_.batches.position},
                                               {"recent_loss", recent_loss_}});
}

void TrainingLoop::load() {
  const Json state = load_checkpoint(run_.checkpoint(), tensors());
  const int64_t step = state.at("step").as_int();
  budget_.restore(step, state.at("seconds").as_double());
  trained_.optimizer.set_steps_done(step);
  trained_.average.set_updates_done(step);
  trained_.batches.position = state.at("position").as_int();
  recent_loss_ = state.at("recent_loss").as_double();
  run_.resumed_at(step);
}

}  // namespace tern
