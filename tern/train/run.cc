#include "tern/train/run.h"

#include <cstdio>
#include <exception>
#include <limits>

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/memory.h"
#include "tern/contract/recipe_environment.h"
#include "tern/contract/run_summary.h"
#include "tern/model/model_files.h"
#include "tern/model/start.h"
#include "tern/model/sub_norm.h"
#include "tern/model/table_format.h"
#include "tern/parallel/parallel.h"
#include "tern/train/attendant.h"
#include "tern/train/checkpoint.h"
#include "tern/train/layers.h"
#include "tern/train/steps.h"
#include "tern/train/stop.h"

namespace tern {
namespace fs = std::filesystem;

void RunOptions::add_to(Flags& flags) {
  flags.add("run_dir", run_dir, "where the run writes");
  flags.add("resume", resume, "go on from the checkpoint in --run-dir");
  flags.add("describe", describe, "print what the knobs are, as JSON, and stop");
  flags.add("threads", threads, "threads to use; 0: all cores");
  for (const std::string_view name : kHarnessFlags) flags.hide(name);
}

Run::Run(const RunOptions& options, std::vector<KnownLength> lengths)
    : options_(options), folder_(options.run_dir), lengths_(std::move(lengths)), line_(stdout) {
  check(options.threads >= 0, "--threads must be 0 (all cores) or more, found {}", options.threads);
  if (options.threads > 0) set_thread_count(options.threads);
  attendant_ = std::make_unique<Attendant>();
  check(!folder_.empty(), "--run-dir must name the folder that the run writes, found nothing");
  check(!options.resume || fs::exists(checkpoint()),
        "{} is not there, so there is nothing to resume; a run that was stopped by a signal leaves "
        "one",
        checkpoint().string());
  fs::create_directories(folder_);
}

Run::~Run() = default;

bool Run::saves() const { return attendant_->saves(); }

LlamaConfig Run::model_config() const {
  return LlamaConfig::read(attendant_->model() / "config.json");
}

Llama Run::load_model(const ComputeOptions& compute, const RunPlan& plan,
                      const MemoryUsers& users) {
  const LlamaConfig config = model_config();
  check(plan.sequence_length <= config.max_position_embeddings,
        "--sequence-length must be at most the model's context, {}, found {}",
        config.max_position_embeddings, plan.sequence_length);
  if (const int64_t steps = plan.budget().steps(); steps > 0) {
    for (const std::string& warning : require_lengths(lengths_, steps))
      print("warning: " + warning);
  }
  const LlamaOptions options = compute.llama();
  const MemoryEstimate memory =
      estimate_memory(config, options, plan.batch_size * plan.sequence_length, users);
  print(memory.to_string());
  require_memory(memory.total(),
                 "training this model (less: --recompute, --optimizer-state bf16, a smaller "
                 "--batch-size with more --accumulation)");
  return load_llama(attendant_->model(), options);
}

std::vector<int32_t> Run::first_text(uint64_t seed, int64_t T) const {
  constexpr int64_t kTokens = 8192;  // several times the width of any layer of SmolLM-135M
  const int64_t B = std::max<int64_t>(1, kTokens / T);
  return attendant_->text(seed, WindowUse::kStart)->batch(0, B, T).inputs;
}

void Run::move_to_start(Llama& model, const StructureOptions& structure,
                        const TernaryWeightOptions& weights, const RunPlan& plan) const {
  const auto move = starts().at(structure.start).move;
  const bool moves = move != nullptr && !resuming();  // a checkpoint holds what came of it
  if (moves || structure.sub_norm) {
    const std::vector<int32_t> text = first_text(plan.seed, plan.sequence_length);
    const int64_t B = std::ssize(text) / plan.sequence_length;
    if (moves) move(model, text, B, weights.grouping(), GroupRule(weights.rule));
    if (structure.sub_norm) add_sub_norms(model, text, B);
  }
  use_table_format(model, structure.embedding_bits, weights.grouping());
}

Batches Run::batches(const RunPlan& plan) const {
  return {attendant_->text(plan.seed, WindowUse::kTraining, plan.tokens_per_step()),
          plan.batch_size, plan.sequence_length};
}

std::unique_ptr<Teacher> Run::teacher(const Distillation& distillation, const RunPlan& plan) {
  if (!distillation.needs_teacher()) return nullptr;
  const TeacherOptions options = distillation.teacher_options(plan.sequence_length);
  std::string note;
  auto kept = attendant_->teacher({.length = options.length,
                                   .top_k = options.top_k,
                                   .temperature = double{options.temperature},
                                   .hidden_blocks = options.hidden_blocks,
                                   .attention_block = options.attention_block},
                                  note);
  print(note);
  return std::make_unique<Teacher>(attendant_->model(), std::move(kept), options);
}

void Run::add_step(const StepRow& row) {
  if (!steps_) steps_ = std::make_unique<StepsFile>(folder_ / "steps.tsv", resumed_step_);
  steps_->append(row);
}

CodeCounts Run::add_layers(int64_t step, const Llama& model) {
  if (!layers_) layers_ = std::make_unique<LayersFile>(folder_ / "layers.tsv", resumed_step_);
  return layers_->append(step, model);
}

EvaluateAnswer Run::evaluate(Llama& model, EvaluateRequest request) {
  request.resumed_step = resumed_step_;
  line_.clear();
  return attendant_->evaluate(model, request);
}

void Run::save_checkpoint(const std::vector<Parameter>& tensors, const Json& state) {
  if (layers_) layers_->keep();
  if (steps_) steps_->flush();
  tern::save_checkpoint(checkpoint(), tensors, state);
}

void Run::end(const RunEnd& end) {
  RunSummary summary;
  summary.train_loss = end.train_loss;
  summary.steps = end.steps;
  summary.tokens = end.tokens;
  if (end.training_seconds > 0) {
    summary.tokens_per_s = static_cast<double>(end.tokens) / end.training_seconds;
  }
  summary.training_seconds = end.training_seconds;
  summary.total_seconds = started_.seconds();
  summary.peak_memory_gb = peak_resident_memory() / 1e9;
  summary.model = model_folder().string();
  line_.clear();
  attendant_->end(summary);
}

void Run::add_tokenizer(const fs::path& model_folder) const {
  copy_tokenizer(attendant_->model(), model_folder);
}

int run_main(int argc, char** argv, const Knobs& knobs, const RecipeDescription& standing,
             const std::function<int(Run&)>& train) {
  prefer_short_spins(argv);
  int code_of_error = kUsage;  // until the run begins, what is wrong is what it was told
  try {
    RunOptions options;
    Flags flags("train", "Trains the lab's model to be ternary by the recipe in train.cpp.");
    knobs.add_flags(flags);
    options.add_to(flags);
    if (!flags.parse({argv + 1, argv + argc})) {
      fmt::print("{}", flags.help());
      return kSuccess;
    }
    const RecipeDescription description = knobs.description();
    if (!options.describe) check_effects(description, standing);
    knobs.check();
    if (options.describe) {
      fmt::print("{}", description.to_text());
      return kSuccess;
    }
    code_of_error = kFailure;
    catch_stop_signals();
    Run run(options, knobs.lengths());
    return train(run);
  } catch (const std::exception& e) {
    std::fflush(stdout);
    fmt::print(stderr, "train: {}\n", e.what());
    return code_of_error;
  }
}

}  // namespace tern
