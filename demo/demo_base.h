#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "demo/pretrain.h"
#include "tern/model/llama_config.h"

namespace tern {

/// All that the demo's full-precision model is made from, but for its text.
struct DemoBase {
  LlamaConfig config;
  PretrainOptions training;
  uint64_t seed = 1;                // of the first weights and of the order of the text
  double initial_deviation = 0.04;  // of the first weights

  /// About a minute of training on two cores, never more than 85 s.
  static DemoBase standard();
};

/// Where Tern keeps what it made once for all labs: $XDG_CACHE_HOME/tern, else ~/.cache/tern.
std::filesystem::path cache_folder();

/// The folder of a model in the Hugging Face layout: a byte-level BPE vocabulary and a small Llama,
/// both learned from `text`. It lies in `cache`, under a hash of all that defines it; where it is
/// not there yet it is made aside and renamed into place. What `on_step` throws ends the training
/// and leaves nothing behind.
std::filesystem::path demo_base(const std::filesystem::path& cache, const DemoBase& base,
                                const std::string& text,
                                const std::function<void(const PretrainProgress&)>& on_step = {});

}  // namespace tern
