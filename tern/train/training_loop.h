#pragma once

#include "tern/data/batches.h"
#include "tern/model/quantization.h"
#include "tern/optim/optimizer.h"
#include "tern/optim/weight_average.h"
#include "tern/train/run.h"
#include "tern/train/run_plan.h"

namespace tern {

/// What a run trains, as far as its loop has to score, save and pack it. All of it outlives the
/// loop.
struct Trained {
  Llama& model;
  Quantization& quantization;
  Batches& batches;
  Optimizer& optimizer;
  WeightAverage& average;
};

/// What a recipe tells of a step it made.
struct StepMade {
  double loss = 0;  // nats per token
  float lr = 0;
  float lambda = 0;  // of the block that is furthest behind
};

/// The bookkeeping around the steps of a recipe: the clock, the rows of steps.tsv, results.tsv and
/// layers.tsv, the progress line, evaluations, checkpoints, and the end. A recipe's loop is
///
///     while (loop.next()) { ...one step at loop.now()...; loop.done({loss, lr, lambda}); }
///     return loop.finish(lambda, lr);
class TrainingLoop {
 public:
  /// Goes on from the checkpoint where the run resumes.
  TrainingLoop(Run& run, const RunPlan& plan, const Trained& trained);

  /// False once the budget is spent or a stop was asked for; else the clock runs.
  bool next();
  /// Where the run stands.
  Progress now() const { return budget_.progress(); }
  /// Counts a step, and evaluates or saves where that is due.
  void done(const StepMade& step);
  /// With the lambda and learning rate of now(): scores and packs the model and prints the summary,
  /// or, when the run was stopped early, saves it to be resumed. Returns the exit code.
  int finish(float lambda, float lr);

 private:
  bool due(int64_t every) const { return every > 0 && now().step % every == 0; }
  void show(const StepMade& step);
  void evaluate(float lambda, float lr);
  std::vector<Parameter> tensors() const;
  void save() const;
  void load();
  void time_step();

  Run& run_;
  RunPlan plan_;
  Trained trained_;
  Budget budget_;
  int64_t first_step_ = 0;
  double first_seconds_ = 0;
  std::vector<double> step_ends_;  // seconds, of the first steps
  double recent_loss_ = 0;
};

}  // namespace tern
