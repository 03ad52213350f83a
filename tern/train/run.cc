#include "tern/train/run.h"

#include <cstdio>
#include <exception>
#include <limits>

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/memory.h"
#include "tern/contract/run_summary.h"
#include "tern/data/sampler.h"
#include "tern/data/stream_source.h"
#include "tern/data/text_source.h"
#include "tern/model/model_files.h"
#include "tern/model/start.h"
#include "tern/model/sub_norm.h"
#include "tern/model/table_format.h"
#include "tern/parallel/parallel.h"
#include "tern/train/checkpoint.h"
#include "tern/train/layers.h"
#include "tern/train/results.h"
#include "tern/train/steps.h"
#include "tern/train/stop.h"

namespace tern {
namespace fs = std::filesystem;
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

void RunOptions::add_to(Flags& flags) {
  flags.add("lab", lab, "the lab's folder");
  flags.add("run_dir", run_dir, "where the run writes");
  flags.add("results_file", results_file, "gets a row at each evaluation; else results.tsv");
  flags.add("experiment", experiment, "the run's name in those rows");
  flags.add("commit", commit, "the recipe's commit, for the same rows");
  flags.add("resume", resume, "go on from the checkpoint in --run-dir");
  flags.add("results", results, "write those rows");
  flags.add("describe", describe, "print what the knobs are, as JSON, and stop");
  flags.add("threads", threads, "threads to use; 0: all cores");
}

Run::Run(const RunOptions& options, std::vector<KnownLength> lengths)
    : options_(options),
      lab_(Lab::find(options.lab)),
      manifest_(LabManifest::read(lab_)),
      folder_(options.run_dir.empty() ? lab_.runs() / "manual" : fs::path(options.run_dir)),
      eval_set_(EvalSet::read(lab_.eval_set())),
      lengths_(std::move(lengths)),
      line_(stdout) {
  check(options.threads >= 0, "--threads must be 0 (all cores) or more, found {}", options.threads);
  if (options.threads > 0) set_thread_count(options.threads);
  check(eval_set_.tokenizer_sha256 == manifest_.tokenizer_sha256,
        "{}: made with another tokenizer ({}) than the lab's model has ({}); run `tern prepare` "
        "again",
        lab_.eval_set().string(), eval_set_.tokenizer_sha256, manifest_.tokenizer_sha256);
  check(!options.resume || fs::exists(checkpoint()),
        "{} is not there, so there is nothing to resume; a run that was stopped by a signal leaves "
        "one",
        checkpoint().string());
  fs::create_directories(folder_);
}

Run::~Run() = default;

LlamaConfig Run::model_config() const { return LlamaConfig::read(manifest_.model / "config.json"); }

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
  return load_llama(manifest_.model, options);
}

std::vector<int32_t> Run::first_text(uint64_t seed, int64_t T) const {
  constexpr int64_t kTokens = 8192;  // several times the width of any layer of SmolLM-135M
  const int64_t B = std::max<int64_t>(1, kTokens / T);
  std::vector<int32_t> inputs(B * T), targets(B * T);
  training_data(seed)->fill(0, B, T, inputs, targets);
  return inputs;
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
  return {training_data(plan.seed), plan.batch_size, plan.sequence_length};
}

std::unique_ptr<TokenSource> Run::training_data(uint64_t seed) const {
  if (manifest_.train_source.empty()) {
    TokenFile file(lab_.train_tokens());
    check(file.info().tokenizer_sha256 == manifest_.tokenizer_sha256,
          "{}: made with another tokenizer than the lab's model has; run `tern prepare` again",
          lab_.train_tokens().string());
    return std::make_unique<ShuffledWindows>(std::move(file), seed);
  }
  const std::string source = manifest_.train_source;
  const Tokenizer tokenizer = Tokenizer::load(manifest_.model);
  const bool once = !can_read_again(source);
  return std::make_unique<StreamedTokens>([=, read = text_read_]() -> std::unique_ptr<TokenStream> {
    if (std::exchange(*read, true) && once) return nullptr;
    DocumentReader reader(open_text_source(source), {.format = document_format_of(source)});
    return std::make_unique<TokenStream>(std::move(reader), tokenizer);
  });
}

std::unique_ptr<Teacher> Run::teacher(const Distillation& distillation, const RunPlan& plan) {
  if (!distillation.needs_teacher()) return nullptr;
  const bool stream = !manifest_.train_source.empty();
  auto teacher =
      std::make_unique<Teacher>(manifest_.model, stream ? fs::path() : lab_.train_tokens(),
                                lab_.teacher(), distillation.teacher_options(plan.sequence_length));
  print(teacher->note());
  return teacher;
}

void Run::add_step(const StepRow& row) {
  if (!steps_) steps_ = std::make_unique<StepsFile>(folder_ / "steps.tsv", resumed_step_);
  steps_->append(row);
}

CodeCounts Run::add_layers(int64_t step, const Llama& model) {
  if (!layers_) layers_ = std::make_unique<LayersFile>(folder_ / "layers.tsv", resumed_step_);
  return layers_->append(step, model);
}

void Run::add_result(const ResultsRow& row) {
  print(
      fmt::format("step {} lambda={:.3f} loss={:.4f} eval_ppl={:.4f} eval_bpb={:.4f} lr={:.3g} "
                  "quant=[-1:{:.3f} 0:{:.3f} +1:{:.3f}]",
                  row.step, row.lambda, row.train_loss.value_or(0), row.eval_ppl, row.eval_bpb,
                  row.lr, row.q_neg1.value, row.q_zero.value, row.q_pos1.value));
  if (!options_.results) return;
  if (!results_) {
    results_ = std::make_unique<ResultsFile>(
        options_.results_file.empty() ? lab_.results() : fs::path(options_.results_file),
        options_.experiment.empty() ? folder_.filename().string() : options_.experiment,
        options_.commit, resumed_step_);
  }
  results_->append(row);
}

void Run::save_checkpoint(const std::vector<Parameter>& tensors, const Json& state) {
  if (layers_) layers_->keep();
  if (steps_) steps_->flush();
  tern::save_checkpoint(checkpoint(), tensors, state);
}

void Run::print_summary(const RunEnd& end) {
  RunSummary summary;
  summary.eval_ppl = end.score.ppl;
  summary.eval_bpb = end.score.bpb;
  if (end.best_ppl > 0) summary.best_ppl = end.best_ppl;
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
  line_.print("---");
  summary.fields([&](std::string_view name, const auto& value) {
    if (const std::string text = shown(value); !text.empty()) {
      line_.print(fmt::format("{}: {}", name, text));
    }
  });
  write_file_atomically(folder_ / RunSummary::kFile, summary.to_text());
}

void Run::add_tokenizer(const fs::path& model_folder) const {
  copy_tokenizer(manifest_.model, model_folder);
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
