#include "loop/propose/llm_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tern/base/error_message_test_util.h"

namespace tern::loop {
namespace {

using testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

LlmEndpoint found(const Variables& variables, const LlmConfig& config = {}) {
  return llm_endpoint(config, [&](const char* name) {
    const auto entry = variables.find(name);
    return entry == variables.end() ? std::string() : entry->second;
  });
}

LlmConfig with_model(const char* model = "m") {
  LlmConfig config;
  config.model = model;
  return config;
}

TEST(LlmEndpoint, OpenAisKeyAndModelAreEnough) {
  const LlmEndpoint endpoint = found({{"OPENAI_API_KEY", "k"}, {"OPENAI_MODEL", "gpt"}});
  EXPECT_EQ(endpoint.api, LlmEndpoint::Api::kOpenAi);
  EXPECT_EQ(endpoint.base, "https://api.openai.com/v1");
  EXPECT_EQ(endpoint.model, "gpt");
  EXPECT_TRUE(endpoint.bearer);
}

TEST(LlmEndpoint, ALocalServerNeedsNeitherKeyNorModel) {
  for (const char* name : {"OPENAI_BASE_URL", "OPENAI_API_BASE"}) {
    const LlmEndpoint endpoint = found({{name, "http://localhost:8080/v1/"}});
    EXPECT_EQ(endpoint.base, "http://localhost:8080/v1");
    EXPECT_EQ(endpoint.key, "");
    EXPECT_EQ(endpoint.model, "default");
  }
}

TEST(LlmEndpoint, AnthropicsKeyAndTokenGoIntoTheirOwnHeaders) {
  EXPECT_FALSE(found({{"ANTHROPIC_API_KEY", "k"}}, with_model()).bearer);
  const LlmEndpoint endpoint = found({{"ANTHROPIC_AUTH_TOKEN", "t"}}, with_model());
  EXPECT_EQ(endpoint.api, LlmEndpoint::Api::kAnthropic);
  EXPECT_TRUE(endpoint.bearer);
  EXPECT_EQ(endpoint.key, "t");
}

TEST(LlmEndpoint, AnthropicsAddressIsTakenWithAndWithoutV1) {
  for (const char* base : {"http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/"}) {
    EXPECT_EQ(found({{"ANTHROPIC_BASE_URL", base}}, with_model()).base, "http://h:1");
  }
}

TEST(LlmEndpoint, LabTomlGoesBeforeTheEnvironment) {
  LlmConfig config = with_model("mine");
  config.base_url = "http://lab/v1";
  const LlmEndpoint endpoint = found(
      {{"OPENAI_MODEL", "other"}, {"OPENAI_BASE_URL", "http://env/v1"}, {"ANTHROPIC_API_KEY", "k"}},
      config);
  EXPECT_EQ(endpoint.base, "http://lab/v1");
  EXPECT_EQ(endpoint.model, "mine");
  config.api = "anthropic";
  config.base_url = "";
  EXPECT_EQ(found({{"OPENAI_API_KEY", "o"}, {"ANTHROPIC_API_KEY", "a"}}, config).key, "a");
}

TEST(LlmEndpoint, WhatIsMissingIsSaid) {
  EXPECT_THAT(error_message([] { found({}); }), HasSubstr("set OPENAI_API_KEY"));
  EXPECT_THAT(error_message([] { found({{"OPENAI_API_KEY", "k"}}); }), HasSubstr("OPENAI_MODEL"));
  EXPECT_THAT(error_message([] {
                found({{"OPENAI_BASE_URL", "localhost:8080"}});
              }),
              HasSubstr("http://"));
}

TEST(LlmEndpoint, AShownAddressHasNoPassword) {
  LlmEndpoint endpoint;
  endpoint.base = "https://me:secret@host:1/v1?token=x";
  EXPECT_EQ(endpoint.shown_base(), "https://host:1/v1");
  endpoint.base = "https://host/a@b";
  EXPECT_EQ(endpoint.shown_base(), "https://host/a@b");
}

}  // namespace
}  // namespace tern::loop
