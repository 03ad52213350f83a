#include "loop/propose/llm_proposer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/propose/proposer_test_util.h"
#include "tern/http/http_server_test_util.h"

namespace tern::loop {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPath = "/v1/chat/completions";

Route answer(const std::string& text) {
  const Json body = Json::Object{
      {"choices", Json::Array{Json::Object{{"message", Json::Object{{"content", text}}}}}},
      {"usage", Json::Object{{"prompt_tokens", 1000}, {"completion_tokens", 100}}}};
  return {.body = body.dump()};
}

std::string edit(const std::string& search, const std::string& replace) {
  return "DESCRIPTION: lr: up\nEXPECTATION: 1 % lower\n<<<<<<< SEARCH\n" + search + "\n=======\n" +
         replace + "\n>>>>>>> REPLACE\n";
}

const std::string kGood = edit("    lr = 3e-4f;", "    lr = 1e-3f;");

class Model : public testing::Test {
 protected:
  Proposal propose(bool shows_search = false) const {
    LlmConfig config;
    config.dollars_per_million_in = 2;
    config.dollars_per_million_out = 10;
    LlmEndpoint endpoint;
    endpoint.base = server_.url() + "/v1";
    endpoint.model = "m";
    LlmClientOptions options;
    options.sleep = [](double) {};
    return LlmProposer(config, LlmClient(endpoint, options), shows_search)
        .propose(lab_.situation());
  }
  std::string prompt(size_t request) const {
    const Json sent = Json::parse(server_.requests().at(request).body, "request");
    return sent.at("messages").items().back().at("content").as_string();
  }

  ProposerLab lab_;
  HttpServer server_;
};

TEST_F(Model, AGoodAnswerIsTheProposal) {
  server_.serve(kPath, answer("<think>Hm.</think>\n" + kGood));
  const Proposal proposal = propose();
  EXPECT_EQ(proposal.refusal, "");
  EXPECT_THAT(proposal.source, HasSubstr("lr = 1e-3f;"));
  EXPECT_EQ(proposal.description, "lr: up");
  EXPECT_EQ(proposal.expectation, "1 % lower");
  EXPECT_EQ(proposal.proposer, "llm");
}

TEST_F(Model, IsShownTheBriefAndTheRecipe) {
  server_.serve(kPath, answer(kGood));
  lab_.drop("lr", "1e-4", -0.05);
  propose();
  EXPECT_THAT(prompt(0), HasSubstr("ONE focused change"));
  EXPECT_THAT(prompt(0), HasSubstr(std::string("```cpp\n") + kTestRecipe + "```\n"));
  EXPECT_THAT(prompt(0), Not(HasSubstr("search by numbers")));
}

TEST_F(Model, IsShownTheStateOfTheSearchWhereItMixesIn) {
  server_.serve(kPath, answer(kGood));
  lab_.drop("lr", "1e-4", -0.05);
  propose(/*shows_search=*/true);
  EXPECT_THAT(prompt(0), HasSubstr("search by numbers"));
}

TEST_F(Model, AnAnswerThatDoesNotFitIsRepairedOnce) {
  server_.serve_in_turn(kPath, {answer(edit("float rate = 1;", "x")), answer(kGood)});
  const Proposal proposal = propose();
  EXPECT_EQ(proposal.refusal, "");
  EXPECT_THAT(prompt(1), HasSubstr("do not occur in train.cpp"));
  EXPECT_EQ(proposal.usage.at("calls").as_int(), 2);
}

TEST_F(Model, AnIllegalChangeIsRepairedToo) {
  server_.serve_in_turn(kPath, {answer(edit("    seed = 1;", "    seed = 2;")), answer(kGood)});
  EXPECT_EQ(propose().refusal, "");
  EXPECT_THAT(prompt(1), HasSubstr("only the seed"));
}

TEST_F(Model, TwoBadAnswersAreARefusal) {
  server_.serve(kPath, answer("I would raise the learning rate."));
  const Proposal proposal = propose();
  EXPECT_THAT(proposal.refusal, HasSubstr("no edit"));
  EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(Model, AnIdeaThatWasTriedIsRefused) {
  lab_.drop("lr", "1e-3", -0.05);
  server_.serve(kPath, answer(kGood));
  EXPECT_THAT(propose().refusal, HasSubstr("experiment 2"));
}

TEST_F(Model, AFailureOfTheServerIsARefusalNotAnError) {
  server_.serve(kPath, {.status = 500, .body = "boom"});
  EXPECT_THAT(propose().refusal, HasSubstr("HTTP status 500: boom"));
}

TEST_F(Model, TokensAndCostOfAllCallsAreCounted) {
  server_.serve_in_turn(kPath, {answer("nothing"), answer(kGood)});
  const Json usage = propose().usage;
  EXPECT_EQ(usage.at("model").as_string(), "m");
  EXPECT_EQ(usage.at("input_tokens").as_int(), 2000);
  EXPECT_EQ(usage.at("output_tokens").as_int(), 200);
  EXPECT_DOUBLE_EQ(usage.at("dollars").as_double(), (2000 * 2 + 200 * 10) / 1e6);
}

}  // namespace
}  // namespace tern::loop
