#include "tern/model/llama_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

/// Llama-3.2-1B's.
Json llama_json() {
  return Json::parse(R"({
    "model_type": "llama", "vocab_size": 128256, "hidden_size": 2048, "intermediate_size": 8192,
    "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
    "max_position_embeddings": 131072, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
    "rope_scaling": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0,
                     "high_freq_factor": 4.0, "original_max_position_embeddings": 8192},
    "hidden_act": "silu", "tie_word_embeddings": true})",
                     "test");
}

Json with(const char* key, Json value) {
  Json json = llama_json();
  json.set(key, std::move(value));
  return json;
}

Json with_rope_scaling(const char* key, Json value) {
  Json scaling = llama_json().at("rope_scaling");
  scaling.set(key, std::move(value));
  return with("rope_scaling", scaling);
}

void expect_config_refused(const Json& json, const std::string& words) {
  EXPECT_THAT([&] { LlamaConfig::from_json(json, "m/config.json"); },
              ThrowsMessage<Error>(AllOf(StartsWith("m/config.json: "), HasSubstr(words))));
}

TEST(LlamaConfig, ReadsAPublishedConfig) {
  const LlamaConfig config = LlamaConfig::from_json(llama_json(), "test");
  EXPECT_EQ(config.num_key_value_heads, 8);
  EXPECT_EQ(config.head_dim, 64);
  EXPECT_EQ(config.rope_theta, 500000);
  EXPECT_EQ(config.rope_scaling.type, kernels::RopeScaling::Type::llama3);
  EXPECT_EQ(config.rope_scaling.factor, 32);
  EXPECT_EQ(config.parameter_count(), 1'235'814'400) << "the published count";
  EXPECT_EQ(config.linear_parameter_count(), 973'078'528);
}

TEST(LlamaConfig, FillsInWhatOlderFilesLeaveOut) {
  Json json = llama_json();
  for (const char* key : {"head_dim", "num_key_value_heads", "rope_scaling", "model_type"}) {
    json.set(key, Json());
  }
  const LlamaConfig config = LlamaConfig::from_json(json, "test");
  EXPECT_EQ(config.head_dim, 2048 / 32);
  EXPECT_EQ(config.num_key_value_heads, 32);
  EXPECT_EQ(config.rope_scaling.type, kernels::RopeScaling::Type::none);
}

TEST(LlamaConfig, ReadsRopeParametersOfNewerFiles) {
  Json rope = llama_json().at("rope_scaling");
  rope.set("rope_theta", 1e6);
  const LlamaConfig config = LlamaConfig::from_json(with("rope_parameters", rope), "test");
  EXPECT_EQ(config.rope_theta, 1e6);
  EXPECT_EQ(config.rope_scaling.factor, 32);
}

TEST(LlamaConfig, ReturnsWhatWasWritten) {
  const LlamaConfig config = LlamaConfig::from_json(llama_json(), "test");
  const Json json = config.to_json();
  EXPECT_EQ(LlamaConfig::from_json(json, "test").to_json().dump(), json.dump());
  EXPECT_EQ(json.at("rope_scaling").at("original_max_position_embeddings").as_int(), 8192);
}

TEST(LlamaConfig, RefusesMissingSizesByName) {
  for (const char* key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                          "num_attention_heads"}) {
    expect_config_refused(with(key, Json()), fmt::format("\"{}\" is missing", key));
  }
}

TEST(LlamaConfig, RefusesAbsurdSizes) {
  expect_config_refused(with("vocab_size", 1'000'000'000),
                        "\"vocab_size\" must be a whole number between "
                        "1 and 16777216, found 1000000000");
  expect_config_refused(with("num_hidden_layers", 0), "\"num_hidden_layers\" must be");
  expect_config_refused(with("hidden_size", -2048), "found -2048");
  expect_config_refused(with("hidden_size", 2048.5), "found 2048.5");
  expect_config_refused(with("intermediate_size", "8192"), "found \"8192\"");
  expect_config_refused(with("rms_norm_eps", 0), "rms_norm_eps must lie between 0 and 1, found 0");
  expect_config_refused(with("rope_theta", 0), "rope_theta must be above 1");
}

TEST(LlamaConfig, RefusesSizesThatContradictEachOther) {
  expect_config_refused(with("num_key_value_heads", 5),
                        "32 attention heads cannot share 5 key/value");
  expect_config_refused(with("head_dim", 63), "head_dim must be even");
  Json json = with("head_dim", Json());
  json.set("hidden_size", 2050);
  expect_config_refused(json, "hidden_size 2050 is not a multiple of 32 attention heads");
}

TEST(LlamaConfig, RefusesOtherArchitectures) {
  expect_config_refused(with("model_type", "gpt2"), "model_type is \"gpt2\"");
  expect_config_refused(with("hidden_act", "gelu"), "hidden_act is \"gelu\", expected \"silu\"");
  expect_config_refused(with("attention_bias", true), "attention_bias is true");
  expect_config_refused(with("tie_word_embeddings", "yes"),
                        "\"tie_word_embeddings\": expected a JSON bool");
  expect_config_refused(Json::array(), "expected a JSON object, found array");
}

TEST(LlamaConfig, RefusesRopeScalingThatItDoesNotKnow) {
  expect_config_refused(with_rope_scaling("rope_type", "yarn"), "type \"yarn\" is not supported");
  expect_config_refused(with_rope_scaling("rope_type", Json()), "a factor but no rope_type");
  expect_config_refused(with_rope_scaling("factor", 0.5), "factor must be 1 or more, found 0.5");
  expect_config_refused(with_rope_scaling("high_freq_factor", 1),
                        "low_freq_factor < high_freq_factor");
  expect_config_refused(with_rope_scaling("original_max_position_embeddings", 0), "found 0");
  expect_config_refused(with("rope_scaling", "llama3"), "rope_scaling must be an object");
}

TEST(LlamaConfig, NamesTheFileThatIsNotJson) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "config.json", "{\"vocab_size\": ");
  const std::string path = folder / "config.json";
  EXPECT_THAT([&] { LlamaConfig::read(path); },
              ThrowsMessage<Error>(AllOf(HasSubstr(path), HasSubstr("not valid JSON"))));
}

}  // namespace
}  // namespace tern
