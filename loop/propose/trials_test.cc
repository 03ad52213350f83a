#include "loop/propose/trials.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

constexpr const char* kSource = R"(struct Recipe {
  float lr = 1e-3f;  // try: 1e-3 2e-3 4e-3
  int bits = 16;  // try: 8 16
};
)";

/// One experiment after another, each based on the incumbent.
class Story {
 public:
  Story() { add("baseline", "1e-3", "baseline", {}); }

  void add(const char* proposer, const char* lr, const char* status, std::optional<double> gain) {
    const Experiment* base = history.incumbent();
    const int64_t number = history.next_number();
    history.apply(Json(Json::Object{
        {"event", "planned"},
        {"experiment", number},
        {"base", base == nullptr ? int64_t{0} : base->number},
        {"proposer", proposer},
        {"knobs", Json::Object{{"lr", lr}, {"bits", "16"}, {"steps", "0"}}},
    }));
    Json::Object end = {{"event", "ended"}, {"experiment", number}, {"status", status}};
    if (gain) end.emplace_back("gain", *gain);
    history.apply(Json(std::move(end)));
  }

  History history;
  SearchSpace space{kSource};
};

TEST(Trials, TellWhatEachExperimentChangedAndWonOverTheBaseline) {
  Story story;
  story.add("builtin", "2e-3", "keep", 0.1);
  story.add("builtin", "4e-3", "discard", -0.02);
  const std::vector<Trial> trials = trials_of(story.history, story.space);
  ASSERT_EQ(trials.size(), 3u);
  EXPECT_EQ(*trials[0].level, 0);
  EXPECT_NEAR(*trials[1].level, 0.1, 1e-12);
  EXPECT_NEAR(*trials[2].level, 0.08, 1e-12);
  ASSERT_EQ(trials[2].changes.size(), 1u);
  EXPECT_EQ(trials[2].changes[0].value, "4e-3");
}

TEST(Trials, ACrashHasNoLevelAndWhatWasRefusedIsNoTrial) {
  Story story;
  story.add("builtin", "2e-3", "crash", {});
  story.add("builtin", "4e-3", "rejected", {});
  const std::vector<Trial> trials = trials_of(story.history, story.space);
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_FALSE(trials[1].level);
}

TEST(TriedKeys, HoldTheRecipesOfTheIncumbentsCodeRefusedOnesIncluded) {
  Story story;
  story.add("builtin", "0.002", "rejected", {});
  const std::set<std::string> keys = tried_keys(story.history, story.space);
  EXPECT_TRUE(keys.contains(story.space.key({{0, "2e-3"}})));
  EXPECT_FALSE(keys.contains(story.space.key({{0, "4e-3"}})));
}

TEST(TriedKeys, TheSameKnobsInARewrittenProgramAreAnotherTry) {
  Story story;
  story.add("builtin", "2e-3", "discard", -0.1);
  story.add("agent", "1e-3", "keep", 0.1);
  const std::set<std::string> keys = tried_keys(story.history, story.space);
  EXPECT_FALSE(keys.contains(story.space.key({{0, "2e-3"}})));
  EXPECT_TRUE(keys.contains(story.space.key({})));
}

}  // namespace
}  // namespace tern
