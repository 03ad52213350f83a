#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/io/safetensors.h"
#include "tern/model/model_files.h"
#include "tern/model/model_test_util.h"
#include "tern/model/packed_model.h"

namespace tern {

inline Llama ternary_model(const TernaryInfo& info, DType compute = DType::f32) {
  Llama model = random_model(tiny_config(), {.compute = compute});
  model.replace_linears<TestBitLinear>(info.grouping, static_cast<float>(info.lambda), info.input);
  return model;
}

inline void expect_refused(const std::function<void()>& action, const std::string& words) {
  EXPECT_THAT(action, ::testing::ThrowsMessage<Error>(::testing::HasSubstr(words)));
}

/// A saved ternary model whose files a test may spoil.
class PackedFolder {
 public:
  PackedFolder() { save_packed(ternary_model({}), {}, folder_.path()); }

  const std::filesystem::path& path() const { return folder_.path(); }
  /// Replaces one member of config.json's "quantization_config".
  void set(const char* key, Json value) {
    Json config = Json::read(path() / "config.json");
    Json quantization = config.at("quantization_config");
    quantization.set(key, std::move(value));
    config.set("quantization_config", std::move(quantization));
    write_file_atomically(path() / "config.json", config.dump());
  }
  /// Rewrites the weights with a tensor's bytes changed, or without it where `change` says false.
  void rewrite(const std::string& name,
               const std::function<bool(std::vector<std::byte>&)>& change) {
    const std::filesystem::path path = folder_ / "model.safetensors";
    std::vector<std::byte> changed;
    std::vector<SafetensorsTensor> tensors;
    const SafetensorsFile file(path);
    for (const SafetensorsEntry& entry : file.entries()) {
      const void* data = entry.bytes.data();
      if (entry.name == name) {
        changed.assign(entry.bytes.begin(), entry.bytes.end());
        if (!change(changed)) continue;
        data = changed.data();
      }
      tensors.push_back({entry.name, entry.dtype, entry.shape, data});
    }
    write_safetensors(path, tensors);
  }
  void expect_refused(const std::string& words) const {
    EXPECT_THAT([&] { load_for_inference(path(), DType::f32); },
                ::testing::ThrowsMessage<Error>(::testing::AllOf(
                    ::testing::HasSubstr(path().string()), ::testing::HasSubstr(words))));
  }

 private:
  TemporaryFolder folder_;
};

/// Saves a model and expects the loaded one to compute the same numbers; returns it.
inline Llama expect_same_when_loaded(Llama& trained, const TernaryInfo& info,
                                     const std::string& what) {
  const auto ids = random_tokens(2 * 10, trained.config().vocab_size);
  const TemporaryFolder folder;
  save_packed(trained, info, folder.path());
  Llama loaded = load_for_inference(folder.path(), trained.compute());
  EXPECT_EQ(numbers(loaded.logits(ids, 2)), numbers(trained.logits(ids, 2)))
      << what << ", " << name_of(trained.compute());
  return loaded;
}

inline constexpr const char* kLayer = "model.layers.1.mlp.down_proj.weight";

}  // namespace tern
