#include "tern/model/model_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/io/safetensors.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A model whose weights are multiples of 1/16 up to 4: every float format holds them.
Llama coarse_model() {
  Llama model(tiny_config(), {});
  Rng rng(1);
  for (const auto& [name, tensor] : model.parameters().all()) {
    for (float& w : tensor.values<float>()) w = static_cast<float>(rng.below(128)) / 16 - 4;
  }
  return model;
}

/// The weights of a model as a file's tensors of number type T.
template <class T>
struct Stored {
  std::vector<std::vector<T>> values;
  std::vector<SafetensorsTensor> tensors;

  explicit Stored(const Llama& model) {
    for (const auto& [name, tensor] : model.parameters().all()) {
      auto& to = values.emplace_back();
      for (const float w : numbers(tensor)) to.push_back(static_cast<T>(w));
      tensors.push_back({name, dtype_of<T>(), tensor.shape(), to.data()});
    }
  }
};

void write_config(const std::filesystem::path& folder, const LlamaConfig& config = tiny_config()) {
  write_file_atomically(folder / "config.json", config.to_json().dump());
}

template <class T>
void write_model(const std::filesystem::path& folder, const Llama& model) {
  write_config(folder);
  write_safetensors(folder / "model.safetensors", Stored<T>(model).tensors);
}

void expect_same_weights(const Llama& a, const Llama& b) {
  for (const auto& [name, tensor] : a.parameters().all()) {
    EXPECT_EQ(numbers(tensor), numbers(b.parameters().at(name))) << name;
  }
}

void expect_folder_refused(const std::filesystem::path& folder, const std::string& words) {
  EXPECT_THAT([&] { load_llama(folder, {}); },
              ThrowsMessage<Error>(AllOf(HasSubstr(folder.string()), HasSubstr(words))));
}

TEST(LoadLlama, ReadsFloat32Float16AndBfloat16) {
  const Llama model = coarse_model();
  const TemporaryFolder folder;
  write_model<float>(folder.path(), model);
  expect_same_weights(model, load_llama(folder.path(), {}));
  write_model<f16>(folder.path(), model);
  expect_same_weights(model, load_llama(folder.path(), {}));
  write_model<bf16>(folder.path(), model);
  expect_same_weights(model, load_llama(folder.path(), {}));
}

TEST(LoadLlama, ReadsShardsWithAnIndex) {
  const Llama model = coarse_model();
  const TemporaryFolder folder;
  write_config(folder.path());
  const Stored<float> stored(model);
  const std::span<const SafetensorsTensor> tensors(stored.tensors);
  Json shard_of = Json::object();
  for (const auto& [shard, part] : {std::pair("a.safetensors", tensors.first(5)),
                                    std::pair("b.safetensors", tensors.subspan(5))}) {
    write_safetensors(folder / shard, part);
    for (const SafetensorsTensor& tensor : part) shard_of.set(tensor.name, shard);
  }
  write_file_atomically(folder / "model.safetensors.index.json",
                        Json(Json::Object{{"weight_map", shard_of}}).dump());
  expect_same_weights(model, load_llama(folder.path(), {}));
}

TEST(LoadLlama, ReadsBackWhatWasSaved) {
  LlamaConfig config = tiny_config();
  config.tie_word_embeddings = false;
  const Llama model = random_model(config);
  const TemporaryFolder folder;
  save_llama(model, folder / "new");
  const Llama loaded = load_llama(folder / "new", {});
  expect_same_weights(model, loaded);
  EXPECT_EQ(loaded.config().to_json().dump(), config.to_json().dump());
}

TEST(LoadLlama, RefusesAModelThatLacksATensor) {
  const TemporaryFolder folder;
  write_model<float>(folder.path(), coarse_model());
  LlamaConfig config = tiny_config();
  config.tie_word_embeddings = false;
  write_config(folder.path(), config);
  expect_folder_refused(folder.path(), "no tensor \"lm_head.weight\"");
}

TEST(LoadLlama, RefusesShapesThatConfigContradicts) {
  const TemporaryFolder folder;
  write_model<float>(folder.path(), coarse_model());
  LlamaConfig config = tiny_config();
  config.intermediate_size = 48;
  write_config(folder.path(), config);
  expect_folder_refused(folder.path(),
                        "gate_proj.weight: config.json asks for the shape (48, 24), the "
                        "file has (40, 24)");
}

TEST(LoadLlama, RefusesLayersThatConfigDoesNotState) {
  const TemporaryFolder folder;
  write_model<float>(folder.path(), coarse_model());
  LlamaConfig config = tiny_config();
  config.num_hidden_layers -= 1;
  write_config(folder.path(), config);
  expect_folder_refused(folder.path(), fmt::format("but the file goes on with model.layers.{}.",
                                                   config.num_hidden_layers));
}

TEST(LoadLlama, NamesTheFolderOnce) {
  const TemporaryFolder folder;
  write_config(folder.path());
  std::filesystem::create_directory(folder / "model.safetensors");
  for (const std::filesystem::path& path : {folder.path(), folder / ""}) {
    try {
      load_llama(path, {});
      ADD_FAILURE() << "a folder is no safetensors file";
    } catch (const Error& e) {
      const std::string message = e.what(), name = folder.path().string();
      EXPECT_NE(message.find(name), std::string::npos) << message;
      EXPECT_EQ(message.find(name), message.rfind(name)) << message;
    }
  }
}

TEST(LoadLlama, RefusesWeightsThatAreNoFloats) {
  const TemporaryFolder folder;
  write_config(folder.path());
  const std::vector<int32_t> values(61 * 24);
  const SafetensorsTensor tensor{"model.embed_tokens.weight", DType::i32, {61, 24}, values.data()};
  write_safetensors(folder / "model.safetensors", {&tensor, 1});
  expect_folder_refused(folder.path(), "expected F32, F16 or BF16 weights, found i32");
}

TEST(LoadLlama, SaysThatMemoryDoesNotSufficeBeforeItAllocates) {
  const TemporaryFolder folder;
  write_model<float>(folder.path(), coarse_model());
  LlamaConfig config = tiny_config();
  config.vocab_size = 1 << 24;
  config.hidden_size = 1 << 17;  // 17 TB of embeddings with their gradients
  write_config(folder.path(), config);
  expect_folder_refused(folder.path(), "GB of memory");
}

TEST(LoadLlama, RefusesAFolderWithoutWeights) {
  const TemporaryFolder folder;
  write_config(folder.path());
  expect_folder_refused(folder.path(),
                        "expected model.safetensors or model.safetensors.index.json");
}

TEST(CopyTokenizer, TakesWhatIsThere) {
  const TemporaryFolder from, to;
  write_file_atomically(from / "tokenizer.json", "{}");
  copy_tokenizer(from.path(), to / "new");
  EXPECT_EQ(read_file(to / "new/tokenizer.json"), "{}");
  EXPECT_FALSE(std::filesystem::exists(to / "new/tokenizer_config.json"));
}

}  // namespace
}  // namespace tern
