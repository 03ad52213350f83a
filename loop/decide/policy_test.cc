#include "loop/decide/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/decide/sides_test_util.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Kind = Step::Kind;

TEST(MakePolicy, AnUnknownNameIsRefusedWithThoseThereAre) {
  EXPECT_THAT([] { make_policy("lucky", 3); },
              ThrowsMessage<Error>(
                  HasSubstr("--policy must be one of confirm, greedy, race; found lucky")));
  EXPECT_THAT([] { make_policy("race", 0); }, ThrowsMessage<Error>(HasSubstr("found 0")));
}

class EveryPolicy : public testing::TestWithParam<const char*> {
 protected:
  const std::unique_ptr<Policy> policy = make_policy(GetParam(), 3);
};

TEST_P(EveryPolicy, BeginsWithARunOfTheCandidateOnASeedOfTheIncumbent) {
  Sides sides;
  sides.add(sides.incumbent, 1, 3);
  const Step step = policy->next(sides.comparison());
  EXPECT_EQ(step.kind, Kind::kRunCandidate);
  EXPECT_EQ(step.seed, 1u);
}

TEST_P(EveryPolicy, DropsACandidateWhoseRunFailed) {
  for (const Outcome outcome : {Outcome::kCrashed, Outcome::kTimedOut, Outcome::kPruned}) {
    Sides sides;
    sides.add(sides.incumbent, 1, 3);
    sides.fail_run(sides.candidate, 1, outcome, "it went wrong");
    const Step step = policy->next(sides.comparison());
    EXPECT_EQ(step.kind, Kind::kDiscard);
    EXPECT_THAT(step.reason, HasSubstr("it went wrong"));
    EXPECT_FALSE(step.gain);
  }
}

TEST_P(EveryPolicy, DropsACandidateThatIsNotBetterAfterOneRun) {
  for (const double gain : {-0.02, 0.0}) {
    Sides sides;
    sides.add_pair(1, gain);
    const Step step = policy->next(sides.comparison());
    EXPECT_EQ(step.kind, Kind::kDiscard);
    EXPECT_NEAR(*step.gain, gain, 1e-12);
  }
}

TEST_P(EveryPolicy, NeverTellsFiguresOfTheConfirmDataThatDecided) {
  Sides sides;
  sides.add_pair(1, 0.08);
  for (const uint64_t seed : {7001u, 7002u, 7003u}) sides.add_pair(seed, 0.08);
  sides.add_pair(Sides::kShownSeed, 0.08);
  for (const uint64_t seed : {1u, 7001u, 7002u, 7003u}) sides.confirm(seed, 0.0723);
  sides.confirm(Sides::kShownSeed, 0.09);
  const Step step = policy->next(sides.comparison());
  EXPECT_EQ(step.kind, Kind::kKeep);
  EXPECT_EQ(step.reason.find("6.9"), std::string::npos) << step.reason;
}

INSTANTIATE_TEST_SUITE_P(Policies, EveryPolicy, testing::Values("greedy", "confirm", "race"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tern::loop
