#include "loop/propose/llm_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/http/http_server_test_util.h"

namespace tern::loop {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "sk-very-secret";
constexpr const char* kOpenAi = "/v1/chat/completions";
constexpr const char* kAnthropic = "/v1/messages";
constexpr const char* kGoodAnswer =
    R"({"choices":[{"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":10,"completion_tokens":3}})";

class Client : public testing::Test {
 protected:
  LlmAnswer ask(LlmEndpoint endpoint) {
    LlmClientOptions options;
    options.max_tokens = 77;
    options.patience_seconds = 5;
    options.sleep = [this](double seconds) { waits_.push_back(seconds); };
    return LlmClient(std::move(endpoint), options).ask("be brief", {{"user", "hi"}});
  }
  LlmEndpoint open_ai() const {
    LlmEndpoint endpoint;
    endpoint.base = server_.url() + "/v1";
    endpoint.model = "m";
    endpoint.key = kKey;
    return endpoint;
  }
  LlmEndpoint anthropic() const {
    LlmEndpoint endpoint = open_ai();
    endpoint.api = LlmEndpoint::Api::kAnthropic;
    endpoint.base = server_.url();
    endpoint.bearer = false;
    return endpoint;
  }
  std::string failure(Route route) {
    server_.serve(kOpenAi, std::move(route));
    return ask(open_ai()).failure;
  }
  Json sent(size_t request) const {
    return Json::parse(server_.requests().at(request).body, "request");
  }

  HttpServer server_;
  std::vector<double> waits_;
};

TEST_F(Client, SpeaksOpenAisDialect) {
  server_.serve(kOpenAi, {.body = kGoodAnswer});
  const LlmAnswer answer = ask(open_ai());
  EXPECT_EQ(answer.failure, "");
  EXPECT_EQ(answer.text, "hello");
  EXPECT_EQ(answer.input_tokens, 10);
  EXPECT_EQ(answer.output_tokens, 3);
  EXPECT_EQ(server_.requests()[0].authorization, std::string("Bearer ") + kKey);
  EXPECT_EQ(sent(0).at("model").as_string(), "m");
  EXPECT_EQ(sent(0).at("max_tokens").as_int(), 77);
  EXPECT_EQ(sent(0).at("messages").items()[0].at("content").as_string(), "be brief");
  EXPECT_EQ(sent(0).at("messages").items()[1].at("role").as_string(), "user");
}

TEST_F(Client, SpeaksAnthropicsDialect) {
  server_.serve(kAnthropic, {.body = R"({"content":[{"type":"thinking","thinking":"hm"},)"
                                     R"({"type":"text","text":"hello"}],"stop_reason":"end_turn",)"
                                     R"("usage":{"input_tokens":10,"output_tokens":3}})"});
  const LlmAnswer answer = ask(anthropic());
  EXPECT_EQ(answer.failure, "");
  EXPECT_EQ(answer.text, "hello");
  EXPECT_EQ(answer.input_tokens, 10);
  EXPECT_EQ(answer.output_tokens, 3);
  EXPECT_EQ(server_.requests()[0].header("x-api-key"), kKey);
  EXPECT_EQ(server_.requests()[0].header("anthropic-version"), "2023-06-01");
  EXPECT_EQ(server_.requests()[0].authorization, "");
  EXPECT_EQ(sent(0).at("system").as_string(), "be brief");
  EXPECT_EQ(sent(0).at("messages").items().size(), 1U);
}

TEST_F(Client, ALocalServerWithoutAKeyGetsNone) {
  server_.serve(kOpenAi, {.body = kGoodAnswer});
  LlmEndpoint endpoint = open_ai();
  endpoint.key = "";
  EXPECT_EQ(ask(endpoint).text, "hello");
  EXPECT_EQ(server_.requests()[0].authorization, "");
}

TEST_F(Client, WaitsAsLongAsABusyServerAsks) {
  server_.serve_in_turn(kOpenAi, {{.status = 429, .headers = {{"Retry-After", "7"}}},
                                  {.status = 503, .headers = {{"Retry-After", "9999"}}},
                                  {.status = 529},
                                  {.body = kGoodAnswer}});
  EXPECT_EQ(ask(open_ai()).text, "hello");
  EXPECT_THAT(waits_, ElementsAre(7, 300, 8));
}

TEST_F(Client, GivesUpAServerThatFailsAgainAndAgain) {
  EXPECT_THAT(failure({.status = 500, .body = R"({"error":{"message":"boom"}})"}),
              HasSubstr("HTTP status 500: boom"));
  EXPECT_THAT(waits_, ElementsAre(2, 4, 8, 16, 32));
}

TEST_F(Client, AWrongKeyIsNotTriedAgainAndNeverTold) {
  const std::string why =
      failure({.status = 401,
               .body = std::string(R"({"error":{"message":"Incorrect API key provided: )") + kKey +
                       "\"}}"});
  EXPECT_THAT(why, AllOf(HasSubstr("401"), HasSubstr("check the key"), Not(HasSubstr(kKey))));
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(Client, AKeyThatAServerCutsIsNotToldEither) {
  const std::string key = kKey, cut = key.substr(0, 8) + "****" + key.substr(key.size() - 8);
  const std::string why = failure({.status = 401, .body = R"({"error":")" + cut + "\"}"});
  EXPECT_THAT(why, HasSubstr("(key)****(key)"));
}

TEST_F(Client, AnAnswerThatIsNoJsonIsAFailureThatShowsNoKey) {
  EXPECT_THAT(failure({.body = std::string("<html>") + kKey}),
              AllOf(HasSubstr("form that is not known"), Not(HasSubstr(kKey))));
  EXPECT_THAT(failure({.body = R"({"choices":[]})"}), HasSubstr("choices are empty"));
  EXPECT_THAT(failure({.body = R"({"choices":[{"message":{"content":null}}]})"}),
              HasSubstr("without any text"));
  EXPECT_THAT(failure({.body = R"({"choices":"x"})"}), HasSubstr("form that is not known"));
}

TEST_F(Client, AHugeAnswerIsAFailure) {
  EXPECT_THAT(failure({.body = std::string(10 << 20, 'x')}), HasSubstr("more than"));
}

TEST_F(Client, AnAnswerThatWasCutOffSaysWhatToRaise) {
  EXPECT_THAT(
      failure({.body = R"({"choices":[{"message":{"content":"a"},"finish_reason":"length"}]})"}),
      HasSubstr("raise lab.toml's llm.max_tokens"));
}

TEST_F(Client, ModelsThatWantTheLimitUnderAnotherNameGetIt) {
  server_.serve_in_turn(
      kOpenAi,
      {{.status = 400, .body = R"({"error":{"message":"Use 'max_completion_tokens' instead."}})"},
       {.body = kGoodAnswer}});
  EXPECT_EQ(ask(open_ai()).text, "hello");
  EXPECT_EQ(sent(1).at("max_completion_tokens").as_int(), 77);
  EXPECT_EQ(sent(1).find("max_tokens"), nullptr);
}

TEST_F(Client, ARedirectIsNotFollowedWithTheKey) {
  HttpServer other;
  EXPECT_THAT(failure({.status = 307, .headers = {{"Location", other.url()}}}),
              HasSubstr("check the address"));
  EXPECT_TRUE(other.requests().empty());
}

TEST_F(Client, AServerThatIsNotThereIsAFailureWithItsAddress) {
  LlmEndpoint endpoint = open_ai();
  endpoint.base = closed_port_url() + "/v1";
  EXPECT_THAT(ask(endpoint).failure, HasSubstr(endpoint.base));
}

TEST_F(Client, StopsWhenInterrupted) {
  server_.serve(kOpenAi, {.body = kGoodAnswer});
  LlmClientOptions options;
  options.interrupted = [] { return true; };
  EXPECT_THAT(LlmClient(open_ai(), options).ask("", {{"user", "hi"}}).failure,
              HasSubstr("stopped, as asked"));
}

}  // namespace
}  // namespace tern::loop
