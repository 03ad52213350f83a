#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tern/base/fields.h"
#include "tern/base/flags.h"
#include "tern/base/timer.h"
#include "tern/data/batches.h"
#include "tern/knobs/knobs.h"
#include "tern/model/llama.h"
#include "tern/model/structure.h"
#include "tern/model/ternary_weight.h"
#include "tern/train/compute_options.h"
#include "tern/train/distillation.h"
#include "tern/train/memory_estimate.h"
#include "tern/train/progress_line.h"
#include "tern/train/run_plan.h"
#include "tern/train/teacher.h"

namespace tern {

class Attendant;
class LayersFile;
class StepsFile;
struct EvaluateAnswer;
struct EvaluateRequest;
struct StepRow;

/// What a run is told besides its recipe; `tern train` passes these flags.
struct RunOptions {
  std::string run_dir;  // where the run writes; made if missing
  bool resume = false;
  bool describe = false;  // print what the knobs are instead
  int threads = 0;        // 0: all cores

  void add_to(Flags& flags);
};

/// What a recipe says of its run at the end.
struct RunEnd {
  double train_loss = 0;
  int64_t steps = 0, tokens = 0;
  double training_seconds = 0;
};

/// One run of a recipe in a lab: its inputs, its folder and what it shows on the way. It writes
/// into its folder alone, and reads the lab's full-precision model alone: texts and scores are its
/// attendant's.
class Run {
 public:
  /// Meets the attendant, looks at the folder and sets the number of threads. `lengths` are those
  /// of the recipe that are given in steps.
  explicit Run(const RunOptions& options, std::vector<KnownLength> lengths = {});
  ~Run();  // out of line, where the tables are known
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  bool resuming() const { return options_.resume; }
  std::filesystem::path checkpoint() const { return folder_ / "checkpoint.safetensors"; }
  std::filesystem::path model_folder() const { return folder_ / "model"; }

  /// Shape of the lab's full-precision model.
  LlamaConfig model_config() const;
  /// The lab's full-precision model. Prints what training it by this plan takes, and throws before
  /// allocating when that does not fit in memory, or a sequence not in the model's context.
  Llama load_model(const ComputeOptions& options, const RunPlan& plan, const MemoryUsers& users);
  /// Gives a dense model the weights (see tern/model/start.h), norms (tern/model/sub_norm.h) and
  /// tables (tern/model/table_format.h) that ternary training starts from, with a few thousand
  /// tokens of the training text.
  void move_to_start(Llama& model, const StructureOptions& structure,
                     const TernaryWeightOptions& weights, const RunPlan& plan) const;
  /// Batches of training windows, in an order that depends on the plan's seed and the position
  /// alone.
  Batches batches(const RunPlan& plan) const;
  /// The lab's full-precision model as a teacher, with what `tern teacher` has kept of it; null
  /// where the distillation asks nothing of one.
  std::unique_ptr<Teacher> teacher(const Distillation& distillation, const RunPlan& plan);
  /// False where nobody would resume the run, so that it need not be saved.
  bool saves() const;
  const std::vector<KnownLength>& lengths() const { return lengths_; }

  /// Shows the running step.
  void show_progress(int64_t step, double fraction, double tokens_per_s, double loss,
                     double seconds_left) {
    line_.update(step, fraction, tokens_per_s, loss, seconds_left);
  }
  /// Prints one line.
  void print(const std::string& text) { line_.print(text); }
  /// Adds a row to the folder's steps.tsv.
  void add_step(const StepRow& row);
  /// Adds a row to the folder's layers.tsv for each ternary layer; returns the counts of all codes.
  CodeCounts add_layers(int64_t step, const Llama& model);
  /// Has the model scored as it is now; the attendant prints the line and adds it to results.tsv.
  EvaluateAnswer evaluate(Llama& model, EvaluateRequest request);
  /// Writes the checkpoint (see tern/train/checkpoint.h), with all rows of the steps before it.
  void save_checkpoint(const std::vector<Parameter>& tensors, const Json& state);
  /// Tells how the run ended: it is printed as "---" and one `key: value` line each, and kept as
  /// the run's summary.json (see tern/contract/run_summary.h).
  void end(const RunEnd& end);

  /// Puts the tokenizer's files beside a saved model, so that it can be scored on its own.
  void add_tokenizer(const std::filesystem::path& model_folder) const;
  /// Told before the first row: rows beyond this step, of this run, are made again.
  void resumed_at(int64_t step) { resumed_step_ = step; }

 private:
  /// A few thousand tokens of the training text, in windows of T.
  std::vector<int32_t> first_text(uint64_t seed, int64_t T) const;

  RunOptions options_;
  std::filesystem::path folder_;
  std::vector<KnownLength> lengths_;
  Timer started_;
  ProgressLine line_;
  int64_t resumed_step_ = -1;  // below any step: a new run keeps no row of an older one
  std::unique_ptr<Attendant> attendant_;
  // Made with their first rows, so that a run which is refused leaves nothing.
  std::unique_ptr<StepsFile> steps_;
  std::unique_ptr<LayersFile> layers_;
};

/// The main of a recipe. Fills its knobs from the command line, lets them check themselves, calls
/// train(run) and turns an Error into one line on standard error and an exit code, kUsage for knobs
/// that are refused. With --describe it checks them, prints them
/// (tern/contract/knob_description.h) and stops. `standing` is what they are without flags.
int run_main(int argc, char** argv, const Knobs& knobs, const RecipeDescription& standing,
             const std::function<int(Run&)>& train);

/// Recipe describes its knobs and then gives some of them other values, in override_values().
template <class Recipe>
int run_recipe(int argc, char** argv, int (*train)(Run&, const Recipe&)) {
  Recipe recipe;
  const Knobs knobs = knobs_of(recipe);
  recipe.override_values();
  return run_main(argc, argv, knobs, knobs.description(),
                  [&](Run& run) { return train(run, recipe); });
}

}  // namespace tern
