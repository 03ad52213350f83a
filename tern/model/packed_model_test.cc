#include "tern/model/packed_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/io/safetensors.h"
#include "tern/model/model_files.h"
#include "tern/model/model_test_util.h"
#include "tern/model/table_format.h"

namespace tern {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Llama ternary_model(const TernaryInfo& info, DType compute = DType::f32) {
  Llama model = random_model(tiny_config(), {.compute = compute});
  model.replace_linears<TestBitLinear>(info.grouping, static_cast<float>(info.lambda), info.input);
  return model;
}

void expect_refused(const std::function<void()>& action, const std::string& words) {
  EXPECT_THAT(action, ThrowsMessage<Error>(HasSubstr(words)));
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
                ThrowsMessage<Error>(AllOf(HasSubstr(path().string()), HasSubstr(words))));
  }

 private:
  TemporaryFolder folder_;
};

constexpr const char* kLayer = "model.layers.1.mlp.down_proj.weight";

/// Saves a model and expects the loaded one to compute the same numbers; returns it.
Llama expect_same_when_loaded(Llama& trained, const TernaryInfo& info, const std::string& what) {
  const auto ids = random_tokens(2 * 10, trained.config().vocab_size);
  const TemporaryFolder folder;
  save_packed(trained, info, folder.path());
  Llama loaded = load_for_inference(folder.path(), trained.compute());
  EXPECT_EQ(numbers(loaded.logits(ids, 2)), numbers(trained.logits(ids, 2)))
      << what << ", " << name_of(trained.compute());
  return loaded;
}

TEST(PackedModel, ComputesBitForBitWhatTheTrainedModelDoes) {
  for (const char* group : {"32", "row", "tensor"}) {
    for (const InputOptions& input :
         {InputOptions{}, InputOptions{.bits = 8}, InputOptions{.bits = 8, .scale = "channel"},
          InputOptions{.bits = 4, .scale = "absmean"}, InputOptions{.bits = 8, .clip = 0.7f},
          InputOptions{.norm = "rms"}, InputOptions{.hadamard = 8}}) {
      for (const DType compute : {DType::f32, DType::bf16}) {
        const TernaryInfo info{.grouping = Grouping::parse(group), .input = input};
        Llama trained = ternary_model(info, compute);
        expect_same_when_loaded(trained, info,
                                fmt::format("groups of {}, inputs of {} bits", group, input.bits));
      }
    }
  }
}

/// A model with a gain in front and a bias behind every layer, in parameters as recipes have them.
Llama surrounded_model(DType compute) {
  Llama model = random_model(tiny_config(), {.compute = compute});
  Rng rng(5);
  model.replace_linears([&](const Llama::Linear& linear) {
    const std::string gain = linear.name + ".sub_norm", bias = linear.name + ".learned";
    model.parameters().allocate({{gain, {linear.I}}, {bias, {linear.O}}});
    for (const std::string& name : {gain, bias}) {
      for (float& x : model.parameters().at(name).values<float>()) {
        x = static_cast<float>(rng.normal());
      }
    }
    return std::make_unique<TestBitLinear>(model.parameters().at(linear.name), Grouping{}, 1.0f,
                                           InputOptions{}, model.parameters().at(gain),
                                           model.parameters().at(bias));
  });
  return model;
}

TEST(PackedModel, HoldsNormsAndBiasesAroundItsLayers) {
  for (const DType compute : {DType::f32, DType::bf16}) {
    Llama trained = surrounded_model(compute);
    const Llama loaded = expect_same_when_loaded(trained, {}, "with gains and biases");
    EXPECT_EQ(loaded.linears()[3].layer->pack()->bias.size(), 24);
  }
}

/// A layer on fixed codes, scales and shifts.
class ShiftedLinear : public LinearLayer {
 public:
  explicit ShiftedLinear(const Tensor& weight)
      : packed_(quantize_and_pack(weight.data<float>(), weight.rows(), weight.cols(), Grouping{32},
                                  Absmean{})),
        weight_(Tensor::empty(weight.shape(), DType::f32)) {
    for (size_t i = 0; i < packed_.scales.size(); ++i) {
      packed_.shifts.push_back(f16(0.01f * static_cast<float>(i % 7)));
    }
    unpack_ternary(packed_, weight_.data<float>());
  }
  Tensor forward(const Tensor& x) override { return linear(x, weight_); }
  std::optional<PackedTernary> pack() const override { return packed_; }

 private:
  PackedTernary packed_;
  Tensor weight_;
};

TEST(PackedModel, HoldsShiftsOfGroups) {
  Llama trained = random_model(tiny_config());
  trained.replace_linears<ShiftedLinear>();
  const Llama loaded = expect_same_when_loaded(trained, {.grouping = {32}}, "with shifts");
  EXPECT_FALSE(loaded.linears()[0].layer->pack()->shifts.empty());
}

TEST(PackedModel, StoresWhatBelongsToALayerThroughItAlone) {
  const TemporaryFolder folder;
  save_packed(surrounded_model(DType::f32), {}, folder.path());
  const SafetensorsModel file(folder.path());
  EXPECT_NE(file.find(std::string(kLayer) + ".bias"), nullptr);
  EXPECT_EQ(file.find(std::string(kLayer) + ".learned"), nullptr);
}

TEST(PackedModel, ListsWhatAPlainLlamaFileCannotHold) {
  const TemporaryFolder folder;
  save_packed(surrounded_model(DType::f32), {}, folder / "surrounded");
  EXPECT_THAT(read_ternary_info(folder / "surrounded").departures(),
              ElementsAre("a learned norm before o_proj and down_proj", "biases"));
  const TernaryInfo info{.input = {.bits = 8, .clip = 0.9f, .norm = "rms", .hadamard = 8}};
  save_packed(ternary_model(info), info, folder / "inputs");
  EXPECT_THAT(read_ternary_info(folder / "inputs").departures(),
              ElementsAre("inputs of 8 bits by token", "inputs clipped at 0.9",
                          "inputs with an rms norm", "inputs rotated by blocks of 8"));
  save_packed(ternary_model({}), {}, folder / "plain");
  EXPECT_THAT(read_ternary_info(folder / "plain").departures(), ElementsAre());
}

TEST(PackedModel, RefusesPartsThatItsConfigDoesNotState) {
  const TemporaryFolder folder;
  save_packed(surrounded_model(DType::f32), {}, folder.path());
  Json config = Json::read(folder / "config.json");
  Json quantization = config.at("quantization_config");
  quantization.set("bias", false);
  config.set("quantization_config", std::move(quantization));
  write_file_atomically(folder / "config.json", config.dump());
  expect_refused([&] { load_packed(folder.path(), DType::f32); },
                 "holds a sub_norm, shifts or a bias that quantization_config does not state");
}

/// A model of four blocks whose first and last are dense.
Llama inner_model(DType compute, DType dense = DType::bf16) {
  LlamaConfig config = tiny_config();
  config.num_hidden_layers = 4;
  Llama model = random_model(config, {.compute = compute});
  model.replace_linears([&](const Llama::Linear& linear) -> std::unique_ptr<LinearLayer> {
    const Tensor weight = model.parameters().at(linear.name);
    const bool outer = linear.name.find("layers.0.") != std::string::npos ||
                       linear.name.find("layers.3.") != std::string::npos;
    if (outer) return std::make_unique<DenseLinear>(weight, dense);
    return std::make_unique<TestBitLinear>(weight, Grouping{});
  });
  return model;
}

TEST(PackedModel, HoldsDenseBlocksInBf16) {
  for (const DType compute : {DType::f32, DType::bf16}) {
    Llama trained = inner_model(compute);
    const Llama loaded =
        expect_same_when_loaded(trained, {.dense_blocks = {0, 3}}, "with dense blocks");
    EXPECT_EQ(loaded.linears().front().layer->pack(), std::nullopt);
    EXPECT_NE(loaded.linears()[7].layer->pack(), std::nullopt);
  }
}

TEST(PackedModel, HasNoDenseBlocksButThoseThatItStates) {
  const TemporaryFolder folder;
  const auto save = [&](std::vector<int64_t> dense) {
    save_packed(inner_model(DType::f32), {.dense_blocks = std::move(dense)}, folder.path());
  };
  expect_refused([&] { save({0}); }, "model.layers.3.self_attn.q_proj.weight is not ternary");
  expect_refused(
      [&] {
        save({0, 1, 3});
      },
      "model.layers.1.self_attn.q_proj.weight is in a dense block, but packs as ternary");
  expect_refused([&] { save({0, 4}); }, "dense block 4 is none of this model's 4 blocks");
  expect_refused([&] { save({0, 1, 2, 3}); }, "every block is dense");
  save({0, 3});
  Json config = Json::read(folder / "config.json");
  Json quantization = config.at("quantization_config");
  quantization.set("dense_blocks", Json::Array{0, 1, 2, 3});
  config.set("quantization_config", std::move(quantization));
  write_file_atomically(folder / "config.json", config.dump());
  expect_refused([&] { load_packed(folder.path(), DType::f32); }, "every block is dense");
}

TEST(PackedModel, RefusesDenseBlocksOfFullPrecision) {
  PackedFolder folder;
  folder.set("dense_blocks", Json::Array{0});
  folder.expect_refused("no tensor \"model.layers.0.self_attn.q_proj.weight\"");
  const TemporaryFolder other;
  save_packed(inner_model(DType::f32), {.dense_blocks = {0, 3}}, other.path());
  std::string file = read_file(other / "model.safetensors");
  for (size_t at = 0; (at = file.find("\"BF16\"", at)) != file.npos;) {
    file.replace(at, 6, "\"F16\" ");
  }
  write_file_atomically(other / "model.safetensors", file);
  expect_refused([&] { load_packed(other.path(), DType::f32); },
                 "a dense block holds bf16, found f16");
}

TEST(PackedModel, HoldsItsEmbeddingAndHeadInFewerBits) {
  for (const bool tied : {true, false}) {
    LlamaConfig config = tiny_config();
    config.tie_word_embeddings = tied;
    uintmax_t larger = UINTMAX_MAX;
    for (const int bits : {32, 16, 8, 2}) {
      for (const DType compute : {DType::f32, DType::bf16}) {
        const TernaryInfo info{.embedding_bits = bits};
        Llama trained = random_model(config, {.compute = compute});
        trained.replace_linears<TestBitLinear>(Grouping{});
        const Tensor plain = trained.logits(random_tokens(5, config.vocab_size), 1);
        trained.quantize_tables(
            [&](const Tensor& table) { return table_format(bits).quantize(table, info.grouping); });
        expect_same_when_loaded(trained, info, fmt::format("an embedding of {} bits", bits));
        if (bits == 2) {
          EXPECT_NE(numbers(trained.logits(random_tokens(5, config.vocab_size), 1)),
                    numbers(plain));
        }
        const TemporaryFolder folder;
        save_packed(trained, info, folder.path());
        const auto bytes = std::filesystem::file_size(folder / "model.safetensors");
        EXPECT_TRUE(bytes < larger || compute == DType::bf16) << bits;
        larger = bytes;
      }
    }
  }
}

TEST(PackedModel, RefusesAnEmbeddingOfOtherBitsThanItStates) {
  PackedFolder folder;
  folder.set("embedding_bits", 16);
  folder.expect_refused("model.embed_tokens.weight: expected bf16");
  folder.set("embedding_bits", 8);
  folder.expect_refused("no tensor \"model.embed_tokens.weight.codes\"");
  folder.set("embedding_bits", 5);
  folder.expect_refused("--embedding-bits must be one of 16, 2, 32, 8; found 5");
}

TEST(PackedModel, ReadsFilesOfTheFirstVersion) {
  const PackedFolder folder;
  const auto ids = random_tokens(10, tiny_config().vocab_size);
  const auto want = numbers(load_packed(folder.path(), DType::f32).logits(ids, 1));
  Json config = Json::read(folder.path() / "config.json");
  config.set("quantization_config", Json::Object{{"quant_method", "tern"},
                                                 {"format_version", 1},
                                                 {"bits", 2},
                                                 {"group", "64"},
                                                 {"activation_bits", 16},
                                                 {"activation_scale", "channel"},
                                                 {"lambda", 1.0}});
  write_file_atomically(folder.path() / "config.json", config.dump());
  EXPECT_EQ(numbers(load_packed(folder.path(), DType::f32).logits(ids, 1)), want);
}

TEST(PackedModel, HoldsTheFakeQuantizedWeightsBitForBit) {
  const PackedFolder folder;
  const Llama trained = ternary_model({});
  const Llama loaded = load_packed(folder.path(), DType::f32);
  for (const Llama::Linear& linear : loaded.linears()) {
    std::vector<float> weights(static_cast<size_t>(linear.O * linear.I));
    unpack_ternary(*linear.layer->pack(), weights.data());
    EXPECT_EQ(weights, numbers(fake_quantize(trained.parameters().at(linear.name), Absmean{},
                                             Grouping{}, 1, DType::f32)))
        << linear.name;
  }
}

TEST(PackedModel, SaysHowItWasQuantized) {
  const TernaryInfo info{.grouping = Grouping{128},
                         .input = {.bits = 4, .scale = "channel", .clip = 0.8f, .hadamard = 8}};
  const TemporaryFolder folder;
  save_packed(ternary_model(info), info, folder.path());
  EXPECT_TRUE(is_packed(folder.path()));
  const TernaryInfo read = read_ternary_info(folder.path());
  EXPECT_EQ(read.grouping, info.grouping);
  EXPECT_EQ(read.input, info.input);
}

TEST(PackedModel, AFullPrecisionModelIsNone) {
  const TemporaryFolder folder;
  save_llama(random_model(tiny_config()), folder.path());
  EXPECT_FALSE(is_packed(folder.path()));
  EXPECT_EQ(load_for_inference(folder.path(), DType::f32).linears()[0].layer->pack(), std::nullopt);
}

TEST(PackedModel, IsNotWrittenUnlessEveryLayerIsTernary) {
  const TemporaryFolder folder;
  expect_refused([&] { save_packed(random_model(tiny_config()), {}, folder / "dense"); },
                 "model.layers.0.self_attn.q_proj.weight is not ternary");
  Llama mixed = random_model(tiny_config());
  mixed.replace_linears([&](const Llama::Linear& linear) -> std::unique_ptr<LinearLayer> {
    const Tensor weight = mixed.parameters().at(linear.name);
    if (linear.name == kLayer) return std::make_unique<DenseLinear>(weight);
    return std::make_unique<TestBitLinear>(weight, Grouping{});
  });
  expect_refused([&] { save_packed(mixed, {}, folder / "mixed"); },
                 fmt::format("{} is not ternary", kLayer));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(PackedModel, IsNotWrittenBeforeLambdaIsOne) {
  const TemporaryFolder folder;
  TernaryInfo info;
  info.lambda = 0.5;
  expect_refused([&] { save_packed(ternary_model(info), info, folder / "half"); },
                 "lambda is 0.5: this model is not ternary yet");
}

TEST(PackedModel, HasNoScoreWhereLambdaEndedBelowOne) {
  PackedFolder folder;
  folder.set("lambda", 0.9);
  folder.expect_refused("training ended with lambda 0.9");
}

TEST(PackedModel, RefusesACodeThatIsNoTernaryDigit) {
  PackedFolder folder;
  folder.rewrite(std::string(kLayer) + ".codes", [](auto& bytes) {
    bytes[2] = std::byte{0b11'00'00'00};
    return true;
  });
  folder.expect_refused(fmt::format("{}: byte 2 holds a code that is none of -1, 0, +1", kLayer));
}

TEST(PackedModel, RefusesAScaleThatIsNotFinite) {
  PackedFolder folder;
  folder.rewrite(std::string(kLayer) + ".scales", [](auto& bytes) {
    bytes[1] = std::byte{0x7C};  // with the byte before it, a float16 infinity or NaN
    return true;
  });
  folder.expect_refused(fmt::format("{}: scale 0 is", kLayer));
}

TEST(PackedModel, RefusesALayerWithoutCodesOrScales) {
  for (const char* part : {".codes", ".scales"}) {
    PackedFolder folder;
    folder.rewrite(std::string(kLayer) + part, [](auto&) { return false; });
    folder.expect_refused(fmt::format("no tensor \"{}{}\"", kLayer, part));
  }
}

TEST(PackedModel, RefusesGroupsThatDoNotFitTheScales) {
  PackedFolder folder;
  folder.set("group", "tensor");
  folder.expect_refused("scales do not make a");
  folder.set("group", "65");
  folder.expect_refused("65");
}

TEST(PackedModel, RefusesCodesOfAnotherShape) {
  const PackedFolder folder;
  std::string file = read_file(folder.path() / "model.safetensors");
  file.replace(file.find("[24,10]"), 7, "[10,24]");  // in the header: as many bytes
  write_file_atomically(folder.path() / "model.safetensors", file);
  folder.expect_refused("mlp.down_proj.weight.codes: expected the shape (24, 10), found (10, 24)");
}

TEST(PackedModel, RefusesAnotherFormat) {
  PackedFolder folder;
  folder.set("format_version", 3);
  folder.expect_refused("packed format 3 is newer than this program's 2");
  folder.set("format_version", 0);
  folder.expect_refused("format_version must be 1 or more, found 0");
  folder.set("format_version", 1);
  folder.set("bits", 4);
  folder.expect_refused("bits must be 2, found 4");
  folder.set("quant_method", "gptq");
  folder.expect_refused("weights quantized by \"gptq\" cannot be read");
}

TEST(PackedModel, RefusesLayersThatConfigDoesNotState) {
  const PackedFolder folder;
  Json config = Json::read(folder.path() / "config.json");
  config.set("num_hidden_layers", 1);
  write_file_atomically(folder.path() / "config.json", config.dump());
  folder.expect_refused("num_hidden_layers 1, but the file goes on with model.layers.1.");
}

TEST(PackedModel, RefusesActivationsOfNineBits) {
  PackedFolder folder;
  folder.set("activation_bits", 9);
  folder.expect_refused("activation_bits must be 2 to 8, or 16 for none, found 9");
}

}  // namespace
}  // namespace tern
