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
#include "tern/parallel/parallel.h"
#include "tern/parallel/wait_policy.h"
#include "tern/train/checkpoint.h"
#include "tern/train/stop.h"

namespace tern {
namespace fs = std::filesystem;

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

Llama Run::load_model(DType compute, int64_t tokens) const {
  const LlamaConfig config = LlamaConfig::read(manifest_.model / "config.json");
  require_memory(training_memory(config, tokens, compute), "training this model");
  return load_llama(manifest_.model, {.compute = compute});
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
  return std::make_unique<StreamedTokens>([=] {
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
  if (steps_) steps_->flush();
  tern::save_checkpoint(checkpoint(), tensors, state);
}

void Run::print_summary(const std::vector<std::pair<std::string, std::string>>& values) {
  line_.print("---");
  Json json = Json::object();
  for (const auto& [key, value] : values) {
    line_.print(key + ": " + value);
    json.set(key, value);
  }
  write_file_atomically(folder_ / "summary.json", json.dump_pretty() + "\n");
}

void Run::add_tokenizer(const fs::path& model_folder) const {
  copy_tokenizer(manifest_.model, model_folder);
}

double training_memory(const LlamaConfig& c, int64_t tokens, DType compute) {
  const double parameters = static_cast<double>(c.parameter_count());
  const double operand = static_cast<double>(size_of(compute));
  const double heads =
      static_cast<double>(c.head_dim * (c.num_attention_heads + c.num_key_value_heads));
  // Kept for the backward pass, a token and layer: two residual sums in float32; two norms, q, k
  // (with and without rotation), v, the attention's result, gate, up and their product as operands.
  const double floats = 2.0 * static_cast<double>(c.hidden_size);
  const double operands = 2.0 * static_cast<double>(c.hidden_size) + 3.0 * heads +
                          3.0 * static_cast<double>(c.intermediate_size);
  const double activations =
      static_cast<double>(tokens * c.num_hidden_layers) * (4.0 * floats + operand * operands);
  constexpr double kLogits = 300e6;  // chunks of logits and their gradient
  return parameters * (16 + operand) + activations + kLogits;
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
