#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "demo/demo_text.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/run_summary.h"
#include "tern/data/eval_set.h"
#include "tern/data/token_file.h"
#include "tern/data/tokenize.h"
#include "tern/io/memory_source.h"
#include "tern/lab_files/lab.h"
#include "tern/model/model_files.h"
#include "tern/model/model_test_util.h"
#include "tern/text/bpe_trainer.h"

namespace tern {

/// A prepared lab in a folder of its own, with a model so small that a step takes a millisecond.
class TinyLab {
 public:
  TinyLab() {
    namespace fs = std::filesystem;
    write_file_atomically(root() / "lab.toml", "version = 1\n");
    lab_ = Lab::find(root());
    fs::create_directories(lab_.data());
    fs::create_directories(lab_.runs());
    make_model();
    const Tokenizer tokenizer = Tokenizer::load(model());
    TokenStream stream(DocumentReader(std::make_unique<MemorySource>(demo_stories(20, 1))),
                       tokenizer);
    write_token_file(lab_.train_tokens(), stream);
    eval_set_of_text("stories", demo_stories(4, 2), tokenizer,
                     tiny_config().max_position_embeddings, EvalText::plain)
        .write(lab_.eval_set());
    LabManifest manifest;
    manifest.model = model();
    manifest.tokenizer_sha256 = tokenizer.hash();
    manifest.write(lab_);
  }

  const Lab& lab() const { return lab_; }
  const std::filesystem::path& root() const { return folder_.path(); }
  std::filesystem::path model() const { return root() / "model"; }
  std::filesystem::path run_folder(const std::string& run) const { return lab_.runs() / run; }

  /// The command line for a run of eight steps of the recipe with its attendant, whose process is
  /// the recipe's; flags given later count.
  std::vector<std::string> command(const std::string& run,
                                   const std::vector<std::string>& flags = {},
                                   const std::string& program = TERN_RECIPE) const {
    const std::filesystem::path folder = run_folder(run);
    std::vector<std::string> words = {TERN_PROGRAM,
                                      "attend",
                                      "--lab",
                                      root(),
                                      "--results-file",
                                      lab_.results(),
                                      "--experiment",
                                      run,
                                      "--summary",
                                      folder / RunSummary::kFile,
                                      "--",
                                      program,
                                      "--run-dir",
                                      folder,
                                      "--threads",
                                      "1",
                                      "--steps",
                                      "8",
                                      "--batch-size",
                                      "2",
                                      "--sequence-length",
                                      "16",
                                      "--group",
                                      "32",
                                      "--dtype",
                                      "f32",
                                      "--eval-every",
                                      "0"};
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
  }
  CapturedRun train(const std::string& run, const std::vector<std::string>& flags = {}) const {
    return capture_process(command(run, flags));
  }

 private:
  void make_model() const {
    const std::string text = demo_stories(20, 1);
    const std::string_view whole = text;
    LlamaConfig config = tiny_config();
    config.vocab_size = 300;
    Llama tiny(config, {});
    tiny.initialize(/*seed=*/1, /*deviation=*/0.1);
    save_llama(tiny, model());
    write_file_atomically(
        model() / "tokenizer.json",
        train_byte_level_bpe({&whole, 1}, {.vocab_size = config.vocab_size,
                                           .special_tokens = {std::string(kEndOfText)}}));
  }

  TemporaryFolder folder_;
  Lab lab_;
};

}  // namespace tern
