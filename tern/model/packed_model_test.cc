#include "tern/model/packed_model.h"

#include "tern/model/packed_model_test_util.h"

namespace tern {
namespace {

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
  folder.expect_refused("--activation-bits must be 2 to 8, or 16 for none, found 9");
}

}  // namespace
}  // namespace tern
