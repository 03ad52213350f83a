#pragma once

#include <filesystem>
#include <vector>

#include "tern/base/temporary_folder.h"
#include "tern/lab_files/lab.h"
#include "tern/model/llama_config.h"

namespace tern {

/// A prepared lab to measure runs of a recipe in: a model with random weights, random tokens to
/// train on and a small evaluation set, all in a temporary folder.
class BenchLab {
 public:
  /// `tokens` are those to train on.
  BenchLab(const LlamaConfig& config, int64_t tokens);

  const Lab& lab() const { return lab_; }
  std::filesystem::path model() const { return folder_ / "model"; }

 private:
  TemporaryFolder folder_;
  Lab lab_;
};

/// Token ids that are equally likely, the same ones each time.
std::vector<int32_t> random_tokens(int64_t count, int64_t vocab_size);

}  // namespace tern
