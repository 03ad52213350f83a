#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tern/base/arms.h"
#include "tern/base/fields.h"
#include "tern/base/flags.h"
#include "tern/data/eval_set.h"
#include "tern/data/token_source.h"
#include "tern/lab_files/lab.h"
#include "tern/model/llama.h"
#include "tern/model/ternary_weight.h"
#include "tern/train/evaluate.h"
#include "tern/train/layers.h"
#include "tern/train/memory_estimate.h"
#include "tern/train/progress_line.h"
#include "tern/train/results.h"
#include "tern/train/steps.h"
#include "tern/train/teacher.h"

namespace tern {

/// What a run is told besides its recipe; `tern train` passes these flags.
struct RunOptions {
  std::string lab = ".";     // the lab's folder, or one inside it
  std::string run_dir;       // where the run writes; made if missing
  std::string results_file;  // gets a row at each evaluation; the lab's results.tsv if empty
  std::string experiment;    // names the run in there; the run folder's name if empty
  std::string commit;        // of the recipe, for the same rows
  bool resume = false;
  bool results = true;  // write those rows
  int threads = 0;      // 0: all cores

  void add_to(Flags& flags);
};

/// What a recipe says of its run at the end.
struct RunEnd {
  Evaluation score;     // at the end
  double best_ppl = 0;  // of ternary evaluations; 0: there was none
  double train_loss = 0;
  int64_t steps = 0, tokens = 0;
  double training_seconds = 0;
  double total_seconds = 0;
};

/// One run of a recipe in a lab: its inputs, its folder and what it shows on the way. It writes
/// into its folder alone, apart from the rows of results.tsv.
class Run {
 public:
  /// Opens the lab's prepared data and sets the number of threads.
  explicit Run(const RunOptions& options);

  bool resuming() const { return options_.resume; }
  std::filesystem::path checkpoint() const { return folder_ / "checkpoint.safetensors"; }
  std::filesystem::path model_folder() const { return folder_ / "model"; }

  /// Shape of the lab's full-precision model.
  LlamaConfig model_config() const;
  /// The lab's full-precision model. Prints what training it with `tokens` tokens a pass and these
  /// arms takes, and throws before allocating when that does not fit in memory.
  Llama load_model(const LlamaOptions& options, int64_t tokens, const MemoryArms& arms);
  /// Moves the weights of a dense model to where ternary training starts (see tern/model/start.h),
  /// with a few thousand tokens of the training text in windows of T.
  void move_to_start(const std::string& start, Llama& model, const TernaryWeightOptions& how,
                     int64_t T) const;
  /// Puts SubLN into a dense model (see tern/model/sub_norm.h), with as much of the text.
  void add_sub_norms(Llama& model, uint64_t seed, int64_t T) const;
  /// Training windows in an order that depends on the seed and the position alone.
  std::unique_ptr<TokenSource> training_data(uint64_t seed) const;
  /// The lab's full-precision model as a teacher, with what `tern teacher` has kept of it.
  std::unique_ptr<Teacher> teacher(const TeacherOptions& options) const;
  const EvalSet& eval_set() const { return eval_set_; }

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
  /// Prints an evaluation as a line and adds it to results.tsv.
  void add_result(const ResultsRow& row);
  /// Writes the checkpoint (see tern/train/checkpoint.h), with all rows of the steps before it.
  void save_checkpoint(const std::vector<Parameter>& tensors, const Json& state);
  /// Prints "---" and one `key: value` line each, and keeps them as summary.json in the run's
  /// folder (see tern/contract/run_summary.h).
  void print_summary(const RunEnd& end);

  /// Puts the tokenizer's files beside a saved model, so that it can be scored on its own.
  void add_tokenizer(const std::filesystem::path& model_folder) const;
  /// Told before the first row: rows beyond this step, of this run, are made again.
  void resumed_at(int64_t step) { resumed_step_ = step; }

 private:
  /// A few thousand tokens of the training text, in windows of T.
  std::vector<int32_t> first_text(uint64_t seed, int64_t T) const;

  RunOptions options_;
  Lab lab_;
  LabManifest manifest_;
  std::filesystem::path folder_;
  EvalSet eval_set_;
  ProgressLine line_;
  int64_t resumed_step_ = -1;  // below any step: a new run keeps no row of an older one
  // Whether a streamed text has been opened; shared with the sources that open it.
  std::shared_ptr<bool> text_read_ = std::make_shared<bool>(false);
  // Made with their first rows, so that a run which is refused leaves nothing.
  std::unique_ptr<StepsFile> steps_;
  std::unique_ptr<LayersFile> layers_;
  std::unique_ptr<ResultsFile> results_;
};

/// The main of a recipe. Fills `Recipe` from the command line (each of its fields is a flag), calls
/// train(run, recipe) and turns an Error into one line on standard error and exit code 1. Recipe
/// names its fields by TERN_FIELDS; what --help says of them is registered (tern/base/arms.h).
int run_main(int argc, char** argv, const std::function<void(Flags&)>& add_fields,
             const std::function<int(Run&)>& train);

template <class Recipe>
FieldValues field_values(Recipe recipe) {
  FieldValues values;
  recipe.fields([&](std::string_view name, const auto& value) {
    values[std::string(name)] = fmt::format("{}", value);
  });
  return values;
}

template <class Recipe>
int run_recipe(int argc, char** argv, int (*train)(Run&, const Recipe&)) {
  Recipe recipe;
  return run_main(
      argc, argv,
      [&](Flags& flags) {
        recipe.fields([&](std::string_view name, auto& value) {
          flags.add(name, value, meaning_of_field(std::string(name)));
        });
      },
      [&](Run& run) {
        check_effects(field_values(recipe), field_values(Recipe()));
        return train(run, recipe);
      });
}

}  // namespace tern
