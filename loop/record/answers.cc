#include "loop/record/answers.h"

#include "loop/record/noise.h"
#include "loop/record/summary.h"
#include "tern/lab_files/loop_lock.h"

namespace tern::loop {
namespace {

RunAnswer answer_of(const RunRecord& run) {
  return {.run = run.number,
          .seed = run.seed,
          .outcome = run.outcome,
          .reason = run.reason,
          .val_ppl = run.val_ppl,
          .val_bpb = run.val_bpb,
          .steps = run.steps,
          .tokens = run.tokens,
          .training_s = run.training_s,
          .time_s = run.time_s,
          .memory_gb = run.memory_gb,
          .stale = run.stale};
}

std::optional<ExperimentAnswer> answer_of(const Experiment* experiment) {
  return experiment == nullptr ? std::nullopt : std::optional(answer_of(*experiment));
}

/// A figure of which 0 says that it is not known.
std::optional<double> known(double figure) {
  return figure > 0 ? std::optional(figure) : std::nullopt;
}

}  // namespace

ExperimentAnswer answer_of(const Experiment& e) {
  ExperimentAnswer answer = {.experiment = e.number,
                             .status = e.status,
                             .val_ppl = e.val_ppl(),
                             .val_bpb = e.val_bpb(),
                             .comparable = e.comparable(),
                             .gain = e.gain,
                             .sigma = e.sigma,
                             .proposer = e.proposer,
                             .family = e.family,
                             .description = e.description,
                             .expectation = e.expectation,
                             .reason = e.reason,
                             .commit = e.commit,
                             .base = e.base,
                             .attempts = e.attempts,
                             .knobs = object_of(e.knobs)};
  if (e.compared) {
    answer.pairs = e.compared->pairs;
    answer.paired_ppl = e.compared->ppl;
    answer.base_ppl = e.compared->base_ppl;
  }
  for (const RunRecord& run : e.runs) answer.runs.push_back(answer_of(run));
  return answer;
}

StatusAnswer status_of(const Lab& lab, const History& history) {
  const Noise noise = estimate_noise(history);
  StatusAnswer answer = {
      .lab = lab.root().string(),
      .branch = history.tag().empty() ? "" : "tern/" + history.tag(),
      .loop_process = running_loop(lab),
      .experiments = std::ssize(history.experiments()),
      .best = answer_of(history.incumbent()),
      .baseline = answer_of(history.baseline()),
      .full_precision_ppl = known(history.reference_ppl()),
      .sigma = known(noise.sigma),
      .sigma_runs = noise.runs,
      .cannot_decide = power_of(history, noise, lab.config().research.repeats).sentence,
      .running = answer_of(history.unfinished())};
  for (const Experiment& e : history.experiments()) {
    const std::string name(name_of(e.status));
    answer.counts.set(name, answer.counts.get(name, int64_t{0}) + 1);
  }
  if (const std::optional<TotalGain> gain = total_gain(history, noise.sigma)) {
    answer.gain = gain->gain;
    answer.gain_error = gain->error;
    answer.gain_comparable = gain->comparable;
  }
  return answer;
}

NoiseAnswer noise_of(const Lab& lab, const History& history) {
  const Noise noise = estimate_noise(history);
  const Power power = power_of(history, noise, lab.config().research.repeats);
  return {
      .sigma = known(noise.sigma),
      .low = known(noise.low),
      .high = known(noise.high),
      .runs = noise.runs,
      .degrees = noise.degrees,
      .effect = power.changes > 0 && noise.sigma > 0 ? std::optional(power.effect) : std::nullopt,
      .cannot_decide = power.sentence};
}

}  // namespace tern::loop
