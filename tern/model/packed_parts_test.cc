#include "tern/model/packed_model_test_util.h"
#include "tern/model/table_format.h"

// What a packed model holds besides codes and scales.

namespace tern {
namespace {

using ::testing::ElementsAre;

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

TEST(PackedParts, HoldsNormsAndBiasesAroundItsLayers) {
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

TEST(PackedParts, HoldsShiftsOfGroups) {
  Llama trained = random_model(tiny_config());
  trained.replace_linears<ShiftedLinear>();
  const Llama loaded = expect_same_when_loaded(trained, {.grouping = {32}}, "with shifts");
  EXPECT_FALSE(loaded.linears()[0].layer->pack()->shifts.empty());
}

TEST(PackedParts, StoresWhatBelongsToALayerThroughItAlone) {
  const TemporaryFolder folder;
  save_packed(surrounded_model(DType::f32), {}, folder.path());
  const SafetensorsModel file(folder.path());
  EXPECT_NE(file.find(std::string(kLayer) + ".bias"), nullptr);
  EXPECT_EQ(file.find(std::string(kLayer) + ".learned"), nullptr);
}

TEST(PackedParts, RefusesATensorThatIsNoPartOfTheModel) {
  const TemporaryFolder folder;
  save_packed(surrounded_model(DType::f32), {}, folder.path());
  const SafetensorsModel file(folder.path());
  std::vector<SafetensorsTensor> tensors;
  for (const std::string& name : file.names()) {
    const SafetensorsEntry& entry = file.at(name);
    tensors.push_back({name, entry.dtype, entry.shape, entry.bytes.data()});
  }
  const float more[4] = {};
  tensors.push_back({"model.memory.weight", DType::f32, {4}, more});
  write_safetensors(folder / "model.safetensors", tensors);
  expect_refused([&] { load_packed(folder.path(), DType::f32); },
                 "holds a tensor model.memory.weight that no part of the model is");
}

TEST(PackedParts, ListsWhatAPlainLlamaFileCannotHold) {
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

TEST(PackedParts, RefusesPartsThatItsConfigDoesNotState) {
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

TEST(PackedParts, HoldsDenseBlocksInBf16) {
  for (const DType compute : {DType::f32, DType::bf16}) {
    Llama trained = inner_model(compute);
    const Llama loaded =
        expect_same_when_loaded(trained, {.dense_blocks = {0, 3}}, "with dense blocks");
    EXPECT_EQ(loaded.linears().front().layer->pack(), std::nullopt);
    EXPECT_NE(loaded.linears()[7].layer->pack(), std::nullopt);
  }
}

TEST(PackedParts, HasNoDenseBlocksButThoseThatItStates) {
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

TEST(PackedParts, RefusesDenseBlocksOfFullPrecision) {
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

TEST(PackedParts, HoldsItsEmbeddingAndHeadInFewerBits) {
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

TEST(PackedParts, RefusesAnEmbeddingOfOtherBitsThanItStates) {
  PackedFolder folder;
  folder.set("embedding_bits", 16);
  folder.expect_refused("model.embed_tokens.weight: expected bf16");
  folder.set("embedding_bits", 8);
  folder.expect_refused("no tensor \"model.embed_tokens.weight.codes\"");
  folder.set("embedding_bits", 5);
  folder.expect_refused("--embedding-bits must be one of 16, 2, 32, 8; found 5");
}

}  // namespace
}  // namespace tern
