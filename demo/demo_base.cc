#include "demo/demo_base.h"

#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string_view>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/json.h"
#include "tern/base/passing_folder.h"
#include "tern/base/sha256.h"
#include "tern/data/sampler.h"
#include "tern/data/tokenize.h"
#include "tern/io/memory_source.h"
#include "tern/model/model_files.h"
#include "tern/tensor/compute_type.h"
#include "tern/text/bpe_trainer.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// To be raised when the way in which a base is made changes, so that older ones are not used.
constexpr int kVersion = 1;

/// Moves a finished folder into place. Another process may have put the same one there meanwhile;
/// that one stays.
void move_into_place(const fs::path& folder, const fs::path& target) {
  std::error_code error;
  fs::rename(folder, target, error);
  check(!error || fs::is_directory(target), "cannot move {} to {}: {}", folder.string(),
        target.string(), error.message());
}

std::string hash_of(const DemoBase& base, const std::string& text, DType compute) {
  const PretrainOptions& t = base.training;
  return sha256_of(fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {} {}", kVersion, base.config.to_json().dump(), t.steps,
      t.batch_size, t.sequence_length, t.lr, t.warmup, t.weight_decay, t.clip_norm, t.max_seconds,
      base.seed, base.initial_deviation, name_of(compute), sha256_of(text)));
}

Tokenizer make_tokenizer(const fs::path& folder, const LlamaConfig& config,
                         const std::string& text) {
  const std::string_view whole = text;
  const std::string json = train_byte_level_bpe(
      {&whole, 1}, {.vocab_size = config.vocab_size, .special_tokens = {std::string(kEndOfText)}});
  write_file_atomically(folder / "tokenizer.json", json);
  const Json settings = Json::Object{{"add_bos_token", false},
                                     {"bos_token", kEndOfText},
                                     {"eos_token", kEndOfText},
                                     {"model_max_length", config.max_position_embeddings},
                                     {"tokenizer_class", "PreTrainedTokenizerFast"}};
  write_file_atomically(folder / "tokenizer_config.json", settings.dump_pretty() + "\n");
  return Tokenizer::load(folder);
}

TokenFile tokenise(const fs::path& path, const Tokenizer& tokenizer, const std::string& text) {
  TokenStream stream(DocumentReader(std::make_unique<MemorySource>(text)), tokenizer);
  write_token_file(path, stream);
  return TokenFile(path);
}

}  // namespace

DemoBase DemoBase::standard() {
  DemoBase base;
  base.config.vocab_size = 1024;
  base.config.hidden_size = 192;
  base.config.intermediate_size = 512;
  base.config.num_hidden_layers = 5;
  base.config.num_attention_heads = 6;
  base.config.num_key_value_heads = 2;
  base.config.head_dim = 32;
  base.config.max_position_embeddings = 256;
  base.config.tie_word_embeddings = true;
  base.training = {.steps = 700, .batch_size = 8, .lr = 4e-3f, .max_seconds = 85};
  return base;
}

fs::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache != '\0') return fs::path(cache) / "tern";
  const char* home = std::getenv("HOME");
  check(home != nullptr && *home != '\0',
        "there is no place for Tern's cache: set HOME or XDG_CACHE_HOME");
  return fs::path(home) / ".cache" / "tern";
}

fs::path demo_base(const fs::path& cache, const DemoBase& base, const std::string& text,
                   const std::function<void(const PretrainProgress&)>& on_step) {
  const DType compute = default_compute_type();
  const fs::path target = cache / ("demo-base-" + hash_of(base, text, compute).substr(0, 16));
  if (fs::is_directory(target)) return target;

  const PassingFolder aside(target.string() + ".tmp-" + std::to_string(getpid()));
  fs::create_directories(aside.path());
  const Tokenizer tokenizer = make_tokenizer(aside.path(), base.config, text);
  check(tokenizer.vocab_size() == base.config.vocab_size,
        "the demo's text gives a vocabulary of {} entries, and its model has {}",
        tokenizer.vocab_size(), base.config.vocab_size);
  const fs::path tokens = aside.path() / "train.tokens";
  ShuffledWindows windows(tokenise(tokens, tokenizer, text), base.seed);
  fs::remove(tokens);  // it stays mapped

  Llama model(base.config, {.compute = compute});
  model.initialize(base.seed, base.initial_deviation);
  pretrain(model, windows, base.training, on_step);
  save_llama(model, aside.path());
  move_into_place(aside.path(), target);
  return target;
}

}  // namespace tern
