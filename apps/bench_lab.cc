#include "apps/bench_lab.h"

#include "tern/base/file.h"
#include "tern/base/rng.h"
#include "tern/base/sha256.h"
#include "tern/data/eval_set.h"
#include "tern/data/token_file.h"
#include "tern/model/model_files.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

void write_model(const LlamaConfig& config, const fs::path& folder) {
  Llama model(config, {.trainable = false});
  model.initialize(/*seed=*/1);
  save_llama(model, folder);
}

void write_text(const fs::path& file, const std::vector<int32_t>& tokens, int64_t vocab_size,
                const std::string& tokenizer) {
  TokenFileWriter writer(file, vocab_size, tokenizer);
  writer.append(tokens);
  writer.commit();
}

/// One window, because every run ends with an evaluation, which is not measured.
EvalSet eval_set_of_tokens(std::vector<int32_t> tokens, const std::string& tokenizer) {
  EvalSet set;
  set.name = "random";
  set.bytes = set.window = std::ssize(tokens);
  set.tokens = std::move(tokens);
  set.tokenizer_sha256 = set.dataset_sha256 = tokenizer;
  return set;
}

}  // namespace

BenchLab::BenchLab(const LlamaConfig& config, int64_t tokens) {
  write_file_atomically(folder_ / "lab.toml", "version = 1\n");
  lab_ = Lab::find(folder_.path());
  fs::create_directories(lab_.data());
  write_model(config, model());
  const std::string tokenizer = sha256_of("no tokenizer: the tokens are random");
  const int64_t V = config.vocab_size;
  write_text(lab_.train_tokens(), random_tokens(tokens, V), V, tokenizer);
  constexpr int64_t kWindow = 64;
  eval_set_of_tokens(random_tokens(kWindow, V), tokenizer).write(lab_.eval_set());
  LabManifest manifest;
  manifest.model = model();
  manifest.tokenizer_sha256 = tokenizer;
  manifest.write(lab_);
}

std::vector<int32_t> random_tokens(int64_t count, int64_t vocab_size) {
  Rng rng(1);
  std::vector<int32_t> tokens(count);
  for (int32_t& token : tokens) {
    token = static_cast<int32_t>(rng.below(static_cast<uint64_t>(vocab_size)));
  }
  return tokens;
}

}  // namespace tern
