#include "tern/train/run.h"

#include <cstdio>
#include <exception>
#include <limits>

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/memory.h"
#include "tern/data/sampler.h"
#include "tern/data/stream_source.h"
#include "tern/data/text_source.h"
#include "tern/model/model_files.h"
#include "tern/model/start.h"
#include "tern/model/sub_norm.h"
#include "tern/parallel/parallel.h"
#include "tern/parallel/wait_policy.h"
#include "tern/train/checkpoint.h"
#include "tern/train/stop.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

// What every run has, whatever its recipe does.
const RegisterArm steps({"steps", "", "steps to train; 0: as many as --tokens take", ""});
const RegisterArm tokens({"tokens", "", "tokens to train on; 0: until --time-budget is spent", ""});
const RegisterArm time_budget({"time_budget", "",
                               "seconds of training when --steps and --tokens are 0", ""});
const RegisterArm seed({"seed", "", "seed of the order of the data and of random rounding", ""});
const RegisterArm batch_size({"batch_size", "", "sequences in one pass", ""});
const RegisterArm accumulation({"accumulation", "", "passes whose gradients make one step", ""});
const RegisterArm sequence_length({"sequence_length", "", "tokens in a sequence", ""});
const RegisterArm eval_every({"eval_every", "", "steps between evaluations; 0: only at the end",
                              ""});
const RegisterArm eval_tokens({"eval_tokens", "", "tokens of an evaluation while training; 0: all",
                               ""});
const RegisterArm save_every({"save_every", "", "steps between checkpoints; 0: only when stopped",
                              ""});

}  // namespace

void RunOptions::add_to(Flags& flags) {
  flags.add("lab", lab, "the lab's folder");
  flags.add("run_dir", run_dir, "where the run writes");
  flags.add("results_file", results_file, "gets a row at each evaluation; else results.tsv");
  flags.add("experiment", experiment, "the run's name in those rows");
  flags.add("commit", commit, "the recipe's commit, for the same rows");
  flags.add("resume", resume, "go on from the checkpoint in --run-dir");
  flags.add("results", results, "write those rows");
  flags.add("threads", threads, "threads to use; 0: all cores");
}

Run::Run(const RunOptions& options)
    : options_(options),
      lab_(Lab::find(options.lab)),
      manifest_(LabManifest::read(lab_)),
      folder_(options.run_dir.empty() ? lab_.runs() / "manual" : fs::path(options.run_dir)),
      eval_set_(EvalSet::read(lab_.eval_set())),
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

LlamaConfig Run::model_config() const { return LlamaConfig::read(manifest_.model / "config.json"); }

Llama Run::load_model(const LlamaOptions& options, int64_t tokens, const MemoryArms& arms) {
  const MemoryEstimate memory = estimate_memory(model_config(), options, tokens, arms);
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

void Run::move_to_start(const std::string& start, Llama& model, const TernaryWeightOptions& how,
                        int64_t T) const {
  const auto move = starts().at(start).move;
  if (move == nullptr || resuming()) return;  // a checkpoint holds what came of it
  const std::vector<int32_t> text = first_text(how.seed, T);
  move(model, text, std::ssize(text) / T, how.grouping, GroupRule(how.rule));
}

void Run::add_sub_norms(Llama& model, uint64_t seed, int64_t T) const {
  const std::vector<int32_t> text = first_text(seed, T);
  tern::add_sub_norms(model, text, std::ssize(text) / T);
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

std::unique_ptr<Teacher> Run::teacher(const TeacherOptions& options) const {
  const bool stream = !manifest_.train_source.empty();
  return std::make_unique<Teacher>(manifest_.model, stream ? fs::path() : lab_.train_tokens(),
                                   lab_.teacher(), options);
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

void Run::print_summary(const RunSummary& s) {
  const double rate =
      s.training_seconds > 0 ? static_cast<double>(s.tokens) / s.training_seconds : 0;
  const std::pair<const char*, std::string> values[] = {
      {"eval_ppl", fmt::format("{:.6f}", s.score.ppl)},
      {"eval_bpb", fmt::format("{:.6f}", s.score.bpb)},
      {"best_ppl", s.best_ppl > 0 ? fmt::format("{:.6f}", s.best_ppl) : ""},
      {"train_loss", fmt::format("{:.6f}", s.train_loss)},
      {"steps", std::to_string(s.steps)},
      {"tokens", std::to_string(s.tokens)},
      {"tokens_per_s", fmt::format("{:.1f}", rate)},
      {"training_seconds", fmt::format("{:.2f}", s.training_seconds)},
      {"total_seconds", fmt::format("{:.2f}", s.total_seconds)},
      {"peak_memory_gb", fmt::format("{:.3f}", peak_resident_memory() / 1e9)},
      {"model", model_folder().string()}};
  line_.print("---");
  Json json = Json::object();
  for (const auto& [key, value] : values) {
    line_.print(fmt::format("{}: {}", key, value));
    json.set(key, value);
  }
  write_file_atomically(folder_ / "summary.json", json.dump_pretty() + "\n");
}

void Run::add_tokenizer(const fs::path& model_folder) const {
  copy_tokenizer(manifest_.model, model_folder);
}

int run_main(int argc, char** argv, const std::function<void(Flags&)>& add_fields,
             const std::function<int(Run&)>& train) {
  prefer_short_spins(argv);
  try {
    RunOptions options;
    Flags flags("train", "Trains the lab's model to be ternary by the recipe in train.cpp.");
    add_fields(flags);
    options.add_to(flags);
    if (!flags.parse({argv + 1, argv + argc})) {
      fmt::print("{}", flags.help());
      return kSuccess;
    }
    catch_stop_signals();
    Run run(options);
    return train(run);
  } catch (const std::exception& e) {
    std::fflush(stdout);
    fmt::print(stderr, "train: {}\n", e.what());
    return kFailure;
  }
}

}  // namespace tern
