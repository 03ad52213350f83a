#include "loop/propose/mixed_proposer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/propose/proposer_test_util.h"

namespace tern::loop {
namespace {

/// Proposes always the same.
class FixedProposer : public Proposer {
 public:
  explicit FixedProposer(Proposal proposal) : proposal_(std::move(proposal)) {}
  Proposal propose(const Situation&) override { return proposal_; }

 private:
  Proposal proposal_;
};

Proposal from(const char* proposer, const char* refusal = "") {
  Proposal proposal;
  proposal.proposer = proposer;
  proposal.description = "lr: 1 -> 2";
  proposal.refusal = refusal;
  return proposal;
}

MixedProposer mixed(double mix, const Proposal& model) {
  return {std::make_unique<FixedProposer>(from("builtin")), std::make_unique<FixedProposer>(model),
          mix};
}

class Mixed : public testing::Test {
 protected:
  Proposal at(MixedProposer& proposer, int64_t number) const {
    Situation situation = lab_.situation();
    situation.number = number;
    return proposer.propose(situation);
  }
  ProposerLab lab_;
};

TEST_F(Mixed, TheModelGetsItsShareSpreadEvenly) {
  MixedProposer proposer = mixed(0.3, from("llm"));
  std::vector<int64_t> turns;
  for (int64_t number = 1; number <= 20; ++number) {
    if (at(proposer, number).proposer == "llm") turns.push_back(number);
  }
  EXPECT_THAT(turns, testing::ElementsAre(4, 7, 10, 14, 17, 20));
}

TEST_F(Mixed, AShareOfOneIsAlways) {
  MixedProposer proposer = mixed(1, from("llm"));
  for (int64_t number = 1; number <= 5; ++number) EXPECT_EQ(at(proposer, number).proposer, "llm");
}

TEST_F(Mixed, TheBuiltinStepsInWhenTheModelFails) {
  Proposal refused = from("llm", "it said nothing");
  refused.usage = Json::Object{{"calls", 2}};
  MixedProposer proposer = mixed(1, refused);
  const Proposal proposal = at(proposer, 1);
  EXPECT_EQ(proposal.proposer, "builtin");
  EXPECT_EQ(proposal.refusal, "");
  EXPECT_EQ(proposal.description, "lr: 1 -> 2 (instead of the language model: it said nothing)");
  EXPECT_EQ(proposal.usage.at("calls").as_int(), 2);
}

}  // namespace
}  // namespace tern::loop
